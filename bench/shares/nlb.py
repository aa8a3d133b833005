"""NLB."""

from typing import Final

from bench.shares.alike import by_sni
from bench.shares.share import Share

LOOK_READS: Final = {"ListListeners": 1, "ListListenerCertificates": 1}
WRITE_CALLS: Final = {"UpdateListenerAttribute": 0.25, "DisassociateAdditionalCertificatesWithListener": 0.75}


def share(slots: int) -> Share:
    return by_sni("nlb", 50, 1, slots)
