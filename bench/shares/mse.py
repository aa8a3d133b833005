"""MSE."""

from typing import Final

from bench.shares.alike import DOMAINS, gateway_rows
from bench.shares.share import Share, chunks, listed

LOOK_READS: Final = {"ListGatewayDomain": 1}
WRITE_CALLS: Final = {"ListGateway": 1, "UpdateSSLCert": 1}


def share(slots: int) -> Share:
    gateways = chunks(slots, DOMAINS)
    floor = {
        "QueryGatewayRegion": 1,
        "ListGateway": listed([1] * len(gateways), 50),
        "ListGatewayDomain": len(gateways),
    }
    return Share(slots, {"mse": gateway_rows("mesh", gateways)}, floor)
