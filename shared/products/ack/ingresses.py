"""The Ingresses of a cluster: which Secrets they use for TLS, and where clients meet these."""

from dataclasses import dataclass, field
from typing import Final

from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes
from shared.cloud.reading import Fields
from shared.errors import CloudDeniedError, UnreadableAnswerError
from shared.products.ack.clusters import name_of
from shared.products.kit.found import Unread

_LIST: Final = Action("ListIngresses", method="GET")
Place = tuple[str, str]  #: a Secret's namespace and name
_NOWHERE: Final[tuple[str, tuple[str, ...]]] = ("", ())


@dataclass
class Ingresses:
    """What they say of the Secrets; nothing where the role may not see them."""

    used: dict[Place, None] = field(default_factory=dict)  #: Secrets named for TLS, exposed or not
    unread: list[Unread] = field(default_factory=list)  #: Ingresses; each costs an address, no TLS Secret
    _served: dict[Place, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def where(self, secret: Place) -> tuple[str, tuple[str, ...]]:
        """host:port and host names; empty where it is not served, or not known to be."""
        return self._served.get(secret, _NOWHERE)

    def note(self, item: Fields) -> None:
        points = item.rows("status", "loadBalancer", "ingress")
        address = next((p.text("hostname") or p.text("ip") for p in points), "")
        for entry in item.rows("spec", "tls"):
            hosts, secret = entry.texts("hosts"), entry.text("secretName")
            key = item.part("metadata").text("namespace"), secret
            if secret:
                self.used[key] = None
            if not address or not hosts:
                continue
            endpoint, names = self._served.get(key, (f"{address}:443", ()))
            if endpoint == f"{address}:443":
                self._served[key] = endpoint, tuple(dict.fromkeys((*names, *hosts)))


def ingresses_of(kube: Kubernetes, limit: int) -> Ingresses:
    """`limit`: rows of a page."""
    found = Ingresses()

    def each(item: Fields) -> None:
        try:
            found.note(item)
        except UnreadableAnswerError as error:
            found.unread.append(Unread(f"Ingress {name_of(item)}", error))

    try:
        kube.listed(_LIST, "/apis/networking.k8s.io/v1/ingresses", limit, each)
    except CloudDeniedError:
        return Ingresses()
    return found
