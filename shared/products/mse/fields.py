"""How MSE says what we need to know of a gateway and its domains: obstacles, addresses."""

from collections.abc import Mapping
from typing import Any, Final

from shared.products.kit.base import Answer

RUNNING: Final = 2  #: of a gateway
_UNPUBLISHED: Final = {0: "not published", 6: "unavailable"}


def ownership(row: Mapping[str, Any]) -> str:
    if row.get("Type") == "Ingress" or row.get("IsManaged"):
        return "a Kubernetes Ingress manages the domain; deploy to the Ingress's Secret instead"
    return ""


def state(gateway: Answer, row: Answer) -> str:
    if gateway["Status"] != RUNNING:
        told = gateway.get("StatusDesc") or f"status {gateway['Status']}"
        return f"the gateway is not running ({told}); wait for it or start it, then discover again"
    if told := _UNPUBLISHED.get(row.get("Status", 3), ""):
        return f"the domain is {told}; publish it in the MSE console first"
    return ""


def address(gateway: Answer) -> str:
    """A public address of the gateway's load balancers."""
    balancers = [*(gateway.get("Slb") or []), *(gateway.get("InternetSlb") or [])]
    public = (row.get("SlbIp") for row in balancers if row.get("Type") == "PUB_NET")
    return next((address for address in public if address), "")
