"""How commands find the `certdeploy serve` that uses the same state: a file beside the state."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """The endpoint to invoke functions at, and its key; generated for one run, valid on this machine only."""

    pid: int
    endpoint: str
    access_key_id: str
    access_key_secret: str = field(repr=False)


def find(state: str) -> Running | None:
    """The `serve` that uses this state now; None if there is none, or only the file of a killed one."""
    try:
        running = Running(**json.loads(_file(state).read_text()))
        os.kill(running.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return running


@contextmanager
def announced(state: str, running: Running) -> Iterator[None]:
    """Publish `running` during a `with`, in a file that only its owner can read."""
    path = _file(state)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(running), file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _file(state: str) -> Path:
    return Path(f"{state}.serve.json")
