"""AWS, which moto plays: imported certificates, listeners and distributions with Amazon's own.

A look at a slot reads what refers to the certificate, and the certificate. The new one is imported once for
all listeners and distributions of a region, and its key is asked of CAS once: they are no slot's.
"""

from typing import Final

from bench.shares.share import OLD, Share, chunks, names

LOOK_READS: Final = {
    "GetCertificate": 1,
    "DescribeListeners": 0.25,
    "DescribeListenerCertificates": 0.25,
    "GetDistribution": 0.25,
}
#: A listener's second certificate goes when the new one is the default. By the documentation it stays until
#: then; moto drops it with the old default, so it is put back once.
WRITE_CALLS: Final = {
    "ImportCertificate": 0.25,
    "ModifyListener": 0.25,
    "AddListenerCertificates": 0.25,
    "RemoveListenerCertificates": 0.25,
    "UpdateDistribution": 0.25,
}
_REGIONS: Final = ("us-east-1",)


def share(slots: int) -> Share:
    """A half on listeners with two certificates each, a quarter imported, a quarter of distributions.

    What has an imported certificate is listed with it, and follows it.
    """
    on_listeners, imported = slots // 2, (slots + 2) // 4
    balancers = [
        {
            "name": f"elb-{index}",
            "issued_by_amazon": True,
            "listeners": [{"port": 443, "default": OLD[0], "additional": list(OLD[1:count])}],
        }
        for index, count in enumerate(chunks(on_listeners, 2))
    ]
    distributions = [
        {"aliases": [name], "certificate": OLD[0], "issued_by_amazon": index >= imported}
        for index, name in enumerate(names("w", slots - on_listeners))
    ]
    return Share(slots, {"aws": balancers, "cloudfront": distributions}, {}, _REGIONS)
