"""CDN and its kin, ESA, OSS, WAF, Anti-DDoS."""

from collections.abc import Callable
from functools import partial

from bench.shares.share import OLD, SITE, Share, chunks, home, names, pages
from shared.domain.resources import CloudProduct as Product

_SITE_SLOTS = 10
_CNAMES = 10
_SIDES = ("cn-hangzhou", "ap-southeast-1")  #: of WAF and Anti-DDoS


def _domains(section: str, list_action: str, size: int, info_action: str, slots: int) -> Share:
    """The list tells whether HTTPS is on at best; the certificate is told domain by domain."""
    rows = [{"domain": name, "certificate": OLD[0]} for name in names(section, slots)]
    return Share(slots, {section: rows}, {list_action: pages(slots, size), info_action: slots})


def _esa(slots: int) -> Share:
    """Half of a site's slots are entries of its pool, which the list tells; a hostname's are not."""
    rows, certificates, hostnames = [], 0, 0
    for index, count in enumerate(chunks(slots, _SITE_SLOTS)):
        site, pool = f"s{index}.{SITE}", OLD[: (count + 1) // 2]
        held = [
            {"hostname": name, "record": site, "certificate": OLD[0]}
            for name in names(f"h{index}-", count - len(pool))
        ]
        rows.append(
            {
                "site": site,
                "certificates": [{"certificate": name} for name in pool],
                "records": [site],
                "hostnames": held,
            }
        )
        certificates, hostnames = certificates + len(pool), hostnames + len(held)
    sites = len(rows)
    each = ("ListCertificates", "ListRecords", "ListCustomHostnames")  # 500 a page, by site
    floor = {"ListSites": pages(sites, 500), **dict.fromkeys(each, sites), "GetCustomHostname": hostnames}
    return Share(certificates + hostnames, {"esa": rows}, floor)


def _oss(slots: int) -> Share:
    buckets = chunks(slots, _CNAMES)
    rows = [
        {
            "bucket": f"bucket-{index}",
            "region": home(index),
            "cnames": [{"domain": name, "certificate": OLD[0]} for name in names(f"o{index}-", count)],
        }
        for index, count in enumerate(buckets)
    ]
    floor = {"ListBuckets": pages(len(buckets), 1000), "ListCname": len(buckets)}
    return Share(slots, {"oss": rows}, floor)


def _waf(slots: int) -> Share:
    """The list has no certificates. Its greatest page is not published; 50 is sure to be taken."""
    halves = _halves(slots)
    rows = [
        {
            "region": side,
            "default": OLD[0],
            "domains": [{"domain": name, "certificate": OLD[0]} for name in names(f"w{side}-", count - 1)],
        }
        for side, count in zip(_SIDES, halves, strict=True)
        if count
    ]
    floor = {
        "DescribeInstance": len(_SIDES),
        "DescribeDomains": sum(pages(count - 1, 50) for count in halves if count),
        "DescribeDomainDetail": slots - len(rows),
        "DescribeDefaultHttps": len(rows),
    }
    return Share(slots, {"waf": rows}, floor, _SIDES)


def _ddos(slots: int) -> Share:
    rows = [
        {"domain": name, "region": _SIDES[index % len(_SIDES)], "certificate": OLD[0]}
        for index, name in enumerate(names("p", slots))
    ]
    return Share(
        slots,
        {"ddos": rows},
        {"DescribeWebRules": sum(pages(count, 10) for count in _halves(slots))},
        _SIDES,
    )


def _halves(slots: int) -> tuple[int, int]:
    return (slots + 1) // 2, slots // 2


MAKERS: dict[Product, Callable[[int], Share]] = {
    Product.CDN: partial(_domains, "cdn", "DescribeUserDomains", 500, "DescribeDomainCertificateInfo"),
    Product.DCDN: partial(
        _domains, "dcdn", "DescribeDcdnUserDomains", 500, "DescribeDcdnDomainCertificateInfo"
    ),
    Product.VOD: partial(_domains, "vod", "DescribeVodUserDomains", 50, "DescribeVodDomainCertificateInfo"),
    Product.LIVE: partial(
        _domains, "live", "DescribeLiveUserDomains", 50, "DescribeLiveDomainCertificateInfo"
    ),
    Product.ESA: _esa,
    Product.OSS: _oss,
    Product.WAF: _waf,
    Product.DDOS: _ddos,
}
