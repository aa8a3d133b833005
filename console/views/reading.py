"""Orders that read the cloud again. A discovery may take minutes: it goes on while the pages show how far."""

import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import Final

from console.asking import Asked, Done
from console.paging import address
from shared.domain.requests import DiscoverResources
from shared.services.met import reading_of
from shared.services.slots import find_slot
from shared.validation.requests import parse

_FAILS_AT_ONCE_S: Final = 1.0  #: a wrong key or an unknown product is told on the page
_SLOT_S: Final = 20.0  #: the reading of a slot's product is waited for; a large one goes on beside
_pool = ThreadPoolExecutor(2, thread_name_prefix="console-reading")


def look_again(asked: Asked) -> Done:
    request = parse(DiscoverResources, {"Products": asked.words("product")})
    payload = json.dumps(request.model_dump(mode="json", by_alias=True, include={"products"})).encode()
    _call(asked, "discover_resources", payload)
    return Done("/resources")


def look_at_slot(asked: Asked) -> Done:
    """Its product in its region; then what clients are served, which a page of its own asks."""
    resource = find_slot(asked.world, named := asked.one("id")).resource
    payload = reading_of(resource).model_dump_json(by_alias=True, exclude_defaults=True).encode()
    _call(asked, "discover_resources", payload, _SLOT_S)
    return Done(address("/slot/look", {"id": [named]}))


def scan(asked: Asked) -> Done:
    _call(asked, "scan_expiry", b"{}")
    return Done("/certificates")


def _call(asked: Asked, function: str, payload: bytes, patience_s: float = _FAILS_AT_ONCE_S) -> None:
    """Raises AppError, if it fails so soon; what fails later is told by the products' status."""
    running = _pool.submit(asked.installation.call, function, payload)
    with suppress(NotYet):
        running.result(patience_s)
