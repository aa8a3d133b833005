"""How MSE says what we need to know of a gateway and its domains: obstacles, states, addresses."""

from typing import Final

from shared.cloud.reading import Fields

_RUNNING: Final = "2"  #: of a gateway
_UNPUBLISHED: Final = {"0": "not published", "6": "unavailable"}
#: Of a domain: unpublished, published, unavailable; older answers lack it. Any other is on its way.
_SETTLED: Final = ("0", "3", "6", "")


def ownership(row: Fields) -> str:
    if row.text("Type") == "Ingress" or row.flag("IsManaged"):
        return "a Kubernetes Ingress manages the domain; deploy to the Ingress's Secret instead"
    return ""


def settled(row: Fields) -> bool:
    return row.text("Status") in _SETTLED


def running(gateway: Fields) -> bool:
    return gateway.text("Status") == _RUNNING


def state(gateway: Fields, row: Fields) -> str:
    if not running(gateway):
        told = gateway.text("StatusDesc") or f"status {gateway.text('Status') or 'unknown'}"
        return f"the gateway is not running ({told}); wait for it or start it, then discover again"
    if told := _UNPUBLISHED.get(row.text("Status"), ""):
        return f"the domain is {told}; publish it in the MSE console first"
    return ""


def address(gateway: Fields) -> str:
    """A public address of the gateway's load balancers."""
    balancers = [*gateway.rows("Slb"), *gateway.rows("InternetSlb")]
    public = (row.text("SlbIp") for row in balancers if row.text("Type") == "PUB_NET")
    return next((address for address in public if address), "")
