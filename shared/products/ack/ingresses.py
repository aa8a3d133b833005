"""The Ingresses of a cluster: where clients meet the Secrets in it."""

import logging
from typing import Final

from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes
from shared.cloud.reading import Fields
from shared.errors import CloudDeniedError, UnreadableAnswerError

log = logging.getLogger(__name__)
Served = dict[tuple[str, str], tuple[str, tuple[str, ...]]]  #: namespace, name -> host:port, host names
_LIST: Final = Action("ListIngresses", method="GET")


def where_served(kube: Kubernetes, limit: int) -> Served:
    """Where each Secret is served, and under which names; nothing where the role may not see it."""
    found: Served = {}

    def each(item: Fields) -> None:
        try:
            _note(item, found)
        except UnreadableAnswerError:  # it costs an address, no slot
            log.warning("an Ingress could not be read", exc_info=True)

    try:
        kube.listed(_LIST, "/apis/networking.k8s.io/v1/ingresses", limit, each)
    except CloudDeniedError:
        return {}
    return found


def _note(item: Fields, found: Served) -> None:
    points = item.rows("status", "loadBalancer", "ingress")
    address = next((p.text("hostname") or p.text("ip") for p in points), "")
    for entry in item.rows("spec", "tls"):
        hosts, secret = entry.texts("hosts"), entry.text("secretName")
        if not address or not hosts:
            continue
        key = item.part("metadata").text("namespace"), secret
        endpoint, names = found.get(key, (f"{address}:443", ()))
        if endpoint == f"{address}:443":
            found[key] = endpoint, tuple(dict.fromkeys((*names, *hosts)))
