"""ESA."""

from typing import Final

from bench.shares.share import OLD, SITE, Share, chunks, names, pages

_SITE_SLOTS = 10

LOOK_READS: Final = {"ListCertificates": 0.5, "ListCustomHostnames": 0.5, "GetCustomHostname": 0.5}
WRITE_CALLS: Final = {"SetCertificate": 0.5, "UpdateCustomHostname": 0.5}


def share(slots: int) -> Share:
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
