"""GA."""

from typing import Final

from bench.shares.alike import LISTENER_SLOTS, LISTENERS, ports
from bench.shares.share import OLD, Share, chunks, names, pages

LOOK_READS: Final = {"ListAccelerators": 1, "ListListenerCertificates": 1, "DescribeListener": 0.25}
WRITE_CALLS: Final = {"UpdateListener": 0.25, "UpdateAdditionalCertificateWithListener": 0.75}


def share(slots: int) -> Share:
    """Listeners are listed accelerator by accelerator; the list does not tell additional certificates."""
    instances = [ports(count, LISTENER_SLOTS) for count in chunks(slots, LISTENERS * LISTENER_SLOTS)]
    rows = [
        {
            "name": f"ga-{index}",
            "listeners": [
                {
                    "port": port,
                    "default": OLD[0],
                    "additional": dict.fromkeys(names(f"g{index}-{port}-", count - 1), OLD[1]),
                }
                for port, count in listeners
            ],
        }
        for index, listeners in enumerate(instances)
    ]
    floor = {
        "ListAccelerators": pages(len(instances), 50),
        "ListListeners": len(instances),
        "ListListenerCertificates": sum(len(found) for found in instances),
    }
    return Share(slots, {"ga": rows}, floor)
