"""Runs inside a function instance: a process that loads one handler and calls it.

The environment, the context and the conversion of results follow Function Compute 3.0's
python3.10 runtime. Every instance imports this module, so it uses only the standard library.
"""

import importlib
import json
import logging
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

Handler = Callable[[bytes, Any], Any]

#: Variables that an instance inherits from the host: those that Python needs, no configuration.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV")
#: Values of `x-fc-error-type`, as callers see them.
UNHANDLED = "UnhandledInvocationError"


@dataclass(frozen=True)
class Launch:
    """Everything an instance needs to start. Sent to another process, so plain values only."""

    function: str
    folder: Path  #: contains index.py; corresponds to /code
    code_root: Path  #: contains the packages that functions share; in a zip they are next to index.py
    handler: str  #: as declared
    entry: str  #: the same, of the file in `folder`
    memory_mb: int
    timeout_s: int
    region: str
    account: str
    environment: Mapping[str, str]
    log: Path | None  #: appended to; None = the host's stderr
    host: int  #: its process
    runtime: str = "python3.10"


class _Instance:
    """The handler of this process, or the error that prevented loading it."""

    launch: Launch
    handler: Handler


def start(launch: Launch) -> None:
    """Turn this process into an instance. If index.py fails to load, every invocation reports it."""
    _die_with(launch.host)
    _redirect(launch.log)
    environment = _environment(launch)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [str(launch.folder), str(launch.code_root)]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] %(message)s")
    _Instance.launch = launch
    try:
        _Instance.handler = _load(launch)
    except BaseException as error:
        # SystemExit too: the pool would restart a module that exits on import forever.
        traceback.print_exc()
        failure = error

        def failed(event: bytes, context: Any) -> None:
            raise failure.with_traceback(None)

        _Instance.handler = failed


def _die_with(host: int) -> None:
    """Where the system tells of its end: on Linux. An instance that outlived a killed host would go on
    beside those of the next one."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        end = os.pidfd_open(host)
    except OSError:  # it has ended already
        os.kill(os.getpid(), signal.SIGKILL)
        return

    def watch() -> None:
        select.select([end], [], [])
        os.kill(os.getpid(), signal.SIGKILL)

    Thread(target=watch, name="host", daemon=True).start()


def call(
    payload: bytes, request_id: str, key: tuple[str, str, str] | None = None
) -> tuple[bytes, str | None]:
    """The handler's answer as bytes, and the error type if it raised.

    `key`: id, secret and token of the role for this request; without one that of the environment.
    """
    try:
        answer = _Instance.handler(payload, _context(_Instance.launch, request_id, key))
        return _as_bytes(answer), None
    except BaseException as error:
        # SystemExit too: it would otherwise reach the host and end a thread there.
        traceback.print_exc()
        return _error_body(error), UNHANDLED


def error_body(message: str, error_type: str) -> bytes:
    """The JSON body of a function error, without a stack trace (the key names are unconfirmed)."""
    return json.dumps({"errorMessage": message, "errorType": error_type, "stackTrace": []}).encode()


def _error_body(error: BaseException) -> bytes:
    trace = traceback.format_exception(type(error), error, error.__traceback__)
    body = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
    return json.dumps(body).encode()


def _as_bytes(answer: Any) -> bytes:
    if isinstance(answer, (bytes, bytearray)):
        return bytes(answer)
    if isinstance(answer, str):
        return answer.encode()
    return json.dumps(answer, ensure_ascii=False).encode()


def _redirect(log: Path | None) -> None:
    """Send standard output and error to the log; one write per line, so that lines do not mix."""
    if log is None:
        os.dup2(2, 1)
    else:
        with open(log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as target:
            os.dup2(target.fileno(), 1)
            os.dup2(target.fileno(), 2)
    # As for standard error.
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]


def _environment(launch: Launch) -> dict[str, str]:
    """Without the host's proxy variables: they would capture loopback calls too."""
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        **launch.environment,
        "FC_FUNC_CODE_PATH": str(launch.folder),
        "FC_ACCOUNT_ID": launch.account,
        "FC_REGION": launch.region,
        "FC_FUNCTION_NAME": launch.function,
        "FC_FUNCTION_HANDLER": launch.handler,
        "FC_FUNCTION_MEMORY_SIZE": str(launch.memory_mb),
        "FC_FUNCTION_VERSION": "LATEST",
        "FC_INSTANCE_ID": f"local-{os.getpid()}",
        "FC_RUNTIME": launch.runtime,
        "FC_TIMEOUT": str(launch.timeout_s),
    }


def _load(launch: Launch) -> Handler:
    module_name, _, attribute = launch.entry.rpartition(".")
    # The folder is first in sys.path.
    handler: Handler = getattr(importlib.import_module(module_name), attribute)
    return handler


def _context(launch: Launch, request_id: str, key: tuple[str, str, str] | None) -> SimpleNamespace:
    """FCContext of the runtime: from python3.12 on it has no `credentials`; before, they may be None."""
    function = SimpleNamespace(
        name=launch.function,
        handler=launch.handler,
        memory=launch.memory_mb,
        timeout=launch.timeout_s,
    )
    context = SimpleNamespace(
        request_id=request_id,
        function=function,
        region=launch.region,
        account_id=launch.account,
        logger=logging.getLogger(),
    )
    if launch.runtime != "python3.12":
        context.credentials = _credentials(key)
    return context


def _credentials(key: tuple[str, str, str] | None) -> SimpleNamespace | None:
    names = (f"ALIBABA_CLOUD_{name}" for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"))
    key_id, secret, token = key or (os.environ.get(name, "") for name in names)
    if not key_id:
        return None
    return SimpleNamespace(access_key_id=key_id, access_key_secret=secret, security_token=token)
