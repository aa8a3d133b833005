"""Modules in the layer that stand for packages which the SDKs import, but which no function uses.

Asynchronous calls, websockets, and credentials of an ECS instance: their packages take as long to import as
the rest of the vendor's client. A stand-in raises NotImplementedError when it is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

STOOD_FOR: Final = ("aiofiles", "aiohttp", "apscheduler", "websocket-client")
#: Needed by these alone.
NEEDED_BY_THEM: Final = (
    *("aiohappyeyeballs", "aiosignal", "async-timeout", "attrs", "frozenlist", "multidict", "propcache"),
    *("tzlocal", "yarl"),
)
_FOLDER: Final = Path(__file__).with_name("stand_ins")


def stand_ins() -> dict[str, bytes]:
    """Their files, as they lie in site-packages."""
    return {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in sorted(_FOLDER.rglob("*.py"))}
