"""Listeners that a Kubernetes cluster owns: its controller takes back what is changed beside it."""

import re
from collections.abc import Collection, Mapping
from typing import Final

#: A load balancer that a cluster was told to use; its value names no cluster.
_REUSED: Final = "kubernetes.reused.by.user"
#: How the cloud controller describes the listeners that it makes, on CLB and on NLB.
_DESCRIBED: Final = re.compile(r"k8s(/|\.)[^/.]+\1(?:[^/.]+\1){2,3}(?P<cluster>[^/.]+)")


def obstacle(tags: Mapping[str, str], owners: Collection[str], description: str) -> str:
    """Why nothing is to be deployed to a listener; "" where no cluster owns it.

    `tags`: of its load balancer; `owners`: those that name the cluster; `description`: the listener's own.
    """
    if described := _DESCRIBED.fullmatch(description.strip()):
        return _managed_by(f"cluster {described['cluster']}")
    if owner := next((name for name in owners if name in tags), ""):
        return _managed_by(f"cluster {tags[owner]}" if tags[owner] else "a cluster")
    return _managed_by("a cluster that uses this load balancer") if _REUSED in tags else ""


def _managed_by(owner: str) -> str:
    return f"{owner} manages it; deploy through the cluster"
