"""PAI EAS."""

from typing import Final

from bench.shares.alike import DOMAINS, gateway_rows
from bench.shares.share import Share, chunks, listed

LOOK_READS: Final = {"ListGatewayDomains": 1}
WRITE_CALLS: Final = {"AttachGatewayDomain": 1}


def share(slots: int) -> Share:
    gateways = chunks(slots, DOMAINS)
    floor = {"ListGateway": listed([1] * len(gateways), 100), "ListGatewayDomains": len(gateways)}
    return Share(slots, {"pai": gateway_rows("models", gateways)}, floor)
