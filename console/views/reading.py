"""Orders that read the cloud again. A discovery may take minutes: it goes on while the pages show how far."""

import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import Final

from console.asking import Asked, Done
from shared.domain.requests import DiscoverResources
from shared.validation.requests import parse

_FAILS_AT_ONCE_S: Final = 1.0  #: a wrong key or an unknown product is told on the page
_pool = ThreadPoolExecutor(2, thread_name_prefix="console-reading")


def look_again(asked: Asked) -> Done:
    request = parse(DiscoverResources, {"Products": asked.words("product")})
    payload = json.dumps(request.model_dump(mode="json", by_alias=True, include={"products"})).encode()
    _call(asked, "discover_resources", payload)
    return Done("/resources")


def scan(asked: Asked) -> Done:
    _call(asked, "scan_expiry", b"{}")
    return Done("/certificates")


def _call(asked: Asked, function: str, payload: bytes) -> None:
    """Raises AppError, if it fails at once; what fails later is told by the products' status."""
    running = _pool.submit(asked.installation.call, function, payload)
    with suppress(NotYet):
        running.result(_FAILS_AT_ONCE_S)
