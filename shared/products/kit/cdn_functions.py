"""A domain's functions at CDN and its kin: HTTP/2, redirects, TLS versions, HSTS, apart from its certificate.

Asked for by name, since keys of URL authentication are among the others. CDN documents all of `HTTPS`,
every product the redirects, and that a name which it does not know refuses the whole call.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final

from shared.cloud.reading import Fields
from shared.errors import CloudRejectedError

REDIRECTS: Final = ("http_force", "https_force")
HTTPS: Final = (*REDIRECTS, "https_option", "https_tls_version", "https_client_cert", "HSTS")
UNKNOWN: Final = "invalidfunctionname.valuenotsupported"  #: in lower case


class HttpsFunctions:
    """Those that are about HTTPS, as far as the product knows them: that is found out once."""

    def __init__(self, ask: Callable[[str, tuple[str, ...]], Iterable[Fields]]) -> None:
        """`ask`: rows of a domain, by the names of functions."""
        self._ask = ask
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()

    def of(self, domain: str) -> dict[str, Any]:
        if not self._known:
            with self._lock:
                if not self._known:
                    return self._first(domain)
        return arguments(self._ask(domain, self._known))

    def _first(self, domain: str) -> dict[str, Any]:
        known: tuple[str, ...] = HTTPS
        try:
            rows = self._ask(domain, known)
        except CloudRejectedError as error:
            if error.cloud_code.lower() != UNKNOWN:
                raise
            known = REDIRECTS
            rows = self._ask(domain, known)
        self._known = known
        return arguments(rows)


def arguments(rows: Iterable[Fields]) -> dict[str, Any]:
    """By function, what it is set to; a list for one that is set more than once, under conditions."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        args = row.rows("FunctionArgs", "FunctionArg")
        found[row.text("FunctionName")].append({arg.text("ArgName"): arg.text("ArgValue") for arg in args})
    # No order is promised.
    return {name: sorted(all_, key=str) if all_[1:] else all_[0] for name, all_ in found.items()}
