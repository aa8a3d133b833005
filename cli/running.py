"""How the commands find a `certdeploy serve` that runs on the same state: a file beside it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """Where the functions are invoked, and the key for it: made for one run, good on this machine only."""

    pid: int
    endpoint: str
    access_key_id: str
    access_key_secret: str = field(repr=False)


def find(state: str) -> Running | None:
    """Who serves this state now; None also where a killed one left its file behind."""
    try:
        running = Running(**json.loads(_file(state).read_text()))
        os.kill(running.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return running


@contextmanager
def announced(state: str, running: Running) -> Iterator[None]:
    """Let others find `running` for the length of a `with`. The file is its owner's only."""
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
