"""OSS."""

from typing import Final

from bench.shares.share import OLD, Share, chunks, home, names, pages

_CNAMES = 10

LOOK_READS: Final = {"ListCname": 1}
WRITE_CALLS: Final = {"PutCname": 1}


def share(slots: int) -> Share:
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
