"""The quota of a preview or a job, in words."""

from shared.domain.quota import JobQuota


def told(found: JobQuota) -> str:
    if found.left is None:
        return f"the vendor's own deployment job would use {found.need} of its quota"
    if found.use is None:
        short = " (too little: it cannot be submitted)" if found.need > found.left else ""
        return f"needs {found.need} of the quota, {found.left} left{short}"
    use = found.use
    words = (
        (use.reserved, "reserved"),
        (use.consumed, "consumed"),
        (use.given_back, "given back"),
        (use.released, "released"),
    )
    became = ", ".join(f"{count} {word}" for count, word in words if count)
    return f"needs {found.need} of the quota: {became or 'nothing'}; {found.left} left"
