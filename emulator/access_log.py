"""The access log: a line of JSON for each request, without query, body and credentials."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TextIO

from emulator.request import Request

_LONGEST_PATH = 512


class AccessLog:
    """Appends to a file; `-` is stderr. Raises OSError if the file cannot be opened."""

    def __init__(self, path: Path) -> None:
        self._own = str(path) != "-"
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1) if self._own else sys.stderr

    def write(self, request: Request, client: str, scheme: str, status: int, seconds: float) -> None:
        """`status` 0: the connection was dropped. `path` has no query: signatures may be there."""
        entry: dict[str, Any] = {
            "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "client": client,
            "scheme": scheme,
            "host": request.host,
            "method": request.method,
            "path": request.path[:_LONGEST_PATH],
            "action": request.header("x-acs-action") or request.named.get("Action", ""),
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        print(json.dumps(entry), file=self._file)

    def close(self) -> None:
        if self._own:
            self._file.close()
