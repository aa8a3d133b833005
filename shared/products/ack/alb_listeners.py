"""What ALB itself tells of an AlbConfig's listener: its status has certificates of HTTPS alone, if any."""

from typing import Any, ClassVar, Final

from shared.cloud.api import Action
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.products.alb import adapter as alb
from shared.products.kit.bound import Bound, bound_in
from shared.products.kit.paging import token_rows

_API: Final = alb.Adapter.api
_LISTENERS: Final = Action("ListListeners", api=_API)
_CERTIFICATES: Final = Action("ListListenerCertificates", api=_API)
_MOST: Final = 100


class AlbListeners:
    """The account's."""

    granted: ClassVar = _API.rights(_LISTENERS, _CERTIFICATES)

    def __init__(self, client: OpenApi) -> None:
        self._client = client

    def bound(self, region: str, balancer_id: str, listener: str) -> list[Bound]:
        """The certificates of `listener`, such as "443:QUIC"; none if there is no such one, or not yet."""
        port, _, protocol = listener.partition(":")
        for row in self._rows(_LISTENERS, "Listeners", region, LoadBalancerIds=[balancer_id]):
            if (row.text("ListenerPort"), row.text("ListenerProtocol").upper()) == (port, protocol):
                wanted = {"ListenerId": row.needed("ListenerId"), "CertificateType": "Server"}
                return list(bound_in(self._rows(_CERTIFICATES, "Certificates", region, **wanted)))
        return []

    def _rows(self, action: Action, at: str, region: str, **params: Any) -> list[Fields]:
        def page(token: str | None) -> Fields:
            asked = {"MaxResults": _MOST, "NextToken": token, **params}
            return self._client.call(_API, action, asked, region=region)

        return list(token_rows(page, lambda answer: answer.rows(at)))
