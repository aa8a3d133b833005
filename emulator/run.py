"""One command with an emulated cloud of its own, which ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread
from typing import Any

from emulator.cloud import Cloud
from emulator.environment import settings, without_accounts
from emulator.estate import load_estate
from emulator.listening import Listening, listened

_KILLED = 128  #: plus the signal, as a shell says it


class CommandError(Exception):
    """The command cannot be started; the text says why."""


def run(command: Sequence[str], estate_path: Path | None, *, settle_s: float = 0, loose: bool = False) -> int:
    """Run `command` in an environment that leads to a new cloud with the estate (None: the sample).

    The exit status is the command's, 128 and the signal if one ended it. Raises EstateError, ListeningError,
    CommandError.
    """
    cloud = Cloud(settle_s=settle_s, loose=loose)
    cloud.load(load_estate(estate_path))
    with TemporaryDirectory(prefix="emulator-") as folder:
        ca = Path(folder, "ca.pem")
        with listened(cloud, 0, 0, Listening(ca_out=ca)) as ready:
            return _carried_out(command, without_accounts(os.environ) | settings(ready, str(ca)))


def _carried_out(command: Sequence[str], environ: dict[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=environ)  # noqa: S603 - the user's own
    except (OSError, ValueError) as error:  # ValueError: a zero byte in it
        why = getattr(error, "strerror", None) or error
        raise CommandError(f"{command[0]}: {why}") from None
    before = _passed_on(process)
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else _KILLED - status


def _passed_on(process: subprocess.Popen[bytes]) -> dict[signal.Signals, Any]:
    """Ctrl-C comes to the command as well, which decides; an end that is asked for is passed on."""
    if current_thread() is not main_thread():
        return {}

    def end(*_: object) -> None:
        process.terminate()

    return {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, end),
    }
