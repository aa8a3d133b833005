"""How commands find the `certdeploy serve` that uses the same state: a file beside the state, locked by it.

The lock tells whether it runs, not the process id: after a kill another process may have that, and in a
container always does. The file stays when `serve` ends, empty, since the lock is on it.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cli.local_files import beside
from shared.errors import SettingsError

_OTHERS: Final = 0o077  #: permissions of everybody but the owner
_LOOKS: Final = 40  #: a command that looks holds the lock for a moment
_LOOK_S: Final = 0.05


@dataclass(frozen=True)
class Running:
    """The endpoint to invoke functions at, and its key; generated for one run, valid on this machine only."""

    pid: int
    endpoint: str
    access_key_id: str
    access_key_secret: str = field(repr=False)


def find(state: str, environ: Mapping[str, str] = os.environ) -> Running | None:
    """The `serve` that uses this state now; None if there is none, or only the file of a killed one.

    Raises:
        SettingsError: the file is another user's, or others can write or read it: whoever wrote it could
            have functions invoked where they like.
    """
    try:
        with _opened(state, os.O_RDONLY, environ) as handle:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            running = Running(**json.loads(os.read(handle, 4096)))
    except (OSError, ValueError, TypeError):
        return None
    return running if urlsplit(running.endpoint).hostname == "127.0.0.1" else None


@contextmanager
def announced(state: str, running: Running) -> Iterator[None]:
    """Publish `running` during a `with`, in a file that only its owner can read.

    Raises:
        SettingsError: another `serve` has the file, it is another user's, or it cannot be written.
    """
    with ExitStack() as stack:
        try:
            handle = stack.enter_context(_opened(state, os.O_RDWR | os.O_CREAT))
        except OSError as error:
            raise SettingsError(f"{_path(state)}: {error.strerror}") from error
        _lock(handle, state)
        stack.callback(os.ftruncate, handle, 0)
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps(asdict(running)).encode())
        yield


def _lock(handle: int, state: str) -> None:
    """Freed when this process ends, however it does."""
    for _ in range(_LOOKS):
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_LOOK_S)
    raise SettingsError(f"another process serves {state} already")


@contextmanager
def _opened(state: str, flags: int, environ: Mapping[str, str] = os.environ) -> Iterator[int]:
    """A descriptor of the file, which is ours alone."""
    path = _path(state, environ)
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        status = os.fstat(handle)
        if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
            whose = "belongs to another user" if status.st_uid != os.geteuid() else "is open to other users"
            raise SettingsError(
                f"{path} {whose}, so it is not believed; remove it, and keep the state in your own folder"
            )
        yield handle
    finally:
        os.close(handle)


def _path(state: str, environ: Mapping[str, str] = os.environ) -> Path:
    return beside(state, ".serve.json", environ)
