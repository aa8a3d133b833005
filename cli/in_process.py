"""The functions in this process: a `Functions` port for commands that run without a `serve`."""

import importlib.util
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import shared
from shared.cloud.functions import Functions
from shared.runtime.app import App
from shared.runtime.handler import Handler, Invocation

ROOT = Path(shared.__file__).parents[1]
FUNCTIONS = ROOT / "functions"
_SIDE_BY_SIDE = 8


def function_names() -> list[str]:
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/index.py"))


class HeldBack:
    """Runs nothing and remembers what was asked for. The next `serve` makes up for it."""

    def __init__(self) -> None:
        self.functions: list[str] = []

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        self.functions.append(function)
        return b""


class InProcess:
    """Runs a function whose answer is waited for, and the parts that a discovery divides itself into.

    The parts run side by side until `finish`; any other asynchronous invocation is held back.
    `app`: builds the App of one invocation from its id and the functions that it may invoke.
    """

    def __init__(self, prefix: str, app: Callable[[str, Functions], App]) -> None:
        self.held = HeldBack()
        self._prefix = prefix
        self._app = app
        self._pool = ThreadPoolExecutor(_SIDE_BY_SIDE)
        self._parts: list[Future[bytes]] = []

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        """As the port's, but a function that fails raises its own error."""
        if not asynchronous:
            return self._run(function, payload)
        if function not in ("discover_resources", "discover_clusters"):
            return self.held.invoke(function, payload)
        self._parts.append(self._pool.submit(self._run, function, payload))
        return b""

    def finish(self) -> None:
        """Wait for all parts; raises the error of the first that failed."""
        while self._parts:
            self._parts.pop(0).result()

    def _run(self, function: str, payload: bytes) -> bytes:
        request_id = str(uuid.uuid4())
        app = partial(self._app, request_id, self)
        return handler(function)(payload, Invocation(request_id, f"{self._prefix}-{function}", app)).encode()


@cache
def handler(function: str) -> Handler:
    """The handler in a function's folder, loaded as Function Compute does it: by its path."""
    path = FUNCTIONS / function / "index.py"
    spec = importlib.util.spec_from_file_location(f"functions.{function}.index", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    loaded: Handler = module.handler
    return loaded
