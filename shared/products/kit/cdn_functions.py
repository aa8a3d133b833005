"""A domain's functions at CDN and its kin: HTTP/2, redirects, TLS versions, HSTS, apart from its certificate.

Asked for by name, since keys of URL authentication are among the others. CDN documents all of `HTTPS`,
every product the redirects, and that a name which it does not know refuses the whole call.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

REDIRECTS: Final = ("http_force", "https_force")
HTTPS: Final = (*REDIRECTS, "https_option", "https_tls_version", "https_client_cert", "HSTS")
UNKNOWN: Final = "invalidfunctionname.valuenotsupported"  #: in lower case


def arguments(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """By function, what it is set to; a list for one that is set more than once, under conditions."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        given = {arg["ArgName"]: arg["ArgValue"] for arg in row["FunctionArgs"]["FunctionArg"]}
        found[row["FunctionName"]].append(given)
    # No order is promised.
    return {name: sorted(all_, key=str) if all_[1:] else all_[0] for name, all_ in found.items()}
