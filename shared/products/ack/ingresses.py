"""The Ingresses of a cluster: which Secrets they use for TLS, and where clients meet these."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes
from shared.cloud.reading import Fields
from shared.domain.resources import CloudResource
from shared.errors import CloudDeniedError
from shared.products.ack.clusters import told_of
from shared.products.kit.found import Found

_LIST: Final = Action("ListIngresses", method="GET")
Place = tuple[str, str]  #: a Secret's namespace and name
_NOWHERE: Final[tuple[str, tuple[str, ...]]] = ("", ())


@dataclass(frozen=True)
class Ingresses:
    """What they say of the Secrets; nothing where the role may not see them."""

    used: dict[Place, None] = field(default_factory=dict)  #: Secrets named for TLS, exposed or not
    unread: list[Found] = field(default_factory=list)  #: Ingresses; each costs an address, no TLS Secret
    _served: dict[Place, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def where(self, secret: Place) -> tuple[str, tuple[str, ...]]:
        """host:port and host names; empty where it is not served, or not known to be."""
        return self._served.get(secret, _NOWHERE)

    def note(self, item: Fields) -> Iterable[Found]:
        """No slots: these are found as Secrets."""
        points = item.rows("status", "loadBalancer", "ingress")
        address = next((p.text("hostname") or p.text("ip") for p in points), "")
        for entry in item.rows("spec", "tls"):
            hosts, secret = entry.texts("hosts"), entry.text("secretName")
            if not secret:
                continue
            key = item.part("metadata").needed("namespace"), secret
            self.used[key] = None
            if not address or not hosts:
                continue
            endpoint, names = self._served.get(key, (f"{address}:443", ()))
            if endpoint == f"{address}:443":
                self._served[key] = endpoint, tuple(dict.fromkeys((*names, *hosts)))
        return ()


def ingresses_of(kube: Kubernetes, cluster: CloudResource, limit: int) -> Ingresses:
    """`limit`: rows of a page."""
    found = Ingresses()

    def each(item: Fields) -> None:
        found.unread.extend(told_of("Ingress", item, cluster, partial(found.note, item), "namespace"))

    try:
        kube.listed(_LIST, "/apis/networking.k8s.io/v1/ingresses", limit, each)
    except CloudDeniedError:
        return Ingresses()
    return found
