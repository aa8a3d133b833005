"""The Ingresses of a cluster: where clients meet the Secrets in it."""

from typing import Final

from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes, Object
from shared.errors import CloudDeniedError

Served = dict[tuple[str, str], tuple[str, tuple[str, ...]]]  #: namespace, name -> host:port, host names
_LIST: Final = Action("ListIngresses", method="GET")


def where_served(kube: Kubernetes, limit: int) -> Served:
    """Where each Secret is served, and under which names; nothing where the role may not see it."""
    found: Served = {}

    def each(item: Object) -> None:
        points = (item.get("status") or {}).get("loadBalancer", {}).get("ingress") or ()
        address = next((p.get("hostname") or p.get("ip") for p in points), None)
        for entry in (item.get("spec") or {}).get("tls") or ():
            hosts, secret = entry.get("hosts") or (), entry.get("secretName")
            if not address or not hosts:
                continue
            key = item["metadata"]["namespace"], secret
            endpoint, names = found.get(key, (f"{address}:443", ()))
            if endpoint == f"{address}:443":
                found[key] = endpoint, tuple(dict.fromkeys((*names, *hosts)))

    try:
        kube.listed(_LIST, "/apis/networking.k8s.io/v1/ingresses", limit, each)
    except CloudDeniedError:
        return {}
    return found
