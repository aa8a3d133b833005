"""What a command works with: settings, the state, and the functions wherever they run."""

import importlib.util
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

from pydantic import SecretStr

import shared
from cli import running
from shared.cloud import credentials
from shared.domain.resources import CloudProduct
from shared.errors import InvalidRequestError, NotFoundError
from shared.products import supported_products
from shared.runtime.app import App, Instance
from shared.runtime.settings import Settings, read_settings
from shared.services.world import World

ROOT = Path(shared.__file__).parents[1]
FUNCTIONS = ROOT / "functions"
TEMPLATE = ROOT / "template.yml"
_PATIENCE_S = 600.0
Handler = Callable[[bytes, Any], str]


class FunctionRefusedError(Exception):
    """A function answered that the request itself is wrong."""

    def __init__(self, answer_code: str, message: str) -> None:
        super().__init__(message)
        self.answer_code = answer_code


class HeldBack:
    """Functions without anyone to run them: what is sent is counted. The next `serve` makes up for it."""

    def __init__(self) -> None:
        self.functions: list[str] = []

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        self.functions.append(function)
        return b""


@dataclass
class InProcess:
    """Functions of this installation, run in this process by those who wait for them.

    Shaped as what the emulated FC API invokes. An asynchronous discovery, the second half of one,
    is run side by side; everything else that is asynchronous is held back.
    """

    prefix: str
    held: list[str] = field(default_factory=list)
    _parts: "list[Future[str]]" = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))
    _handlers: dict[str, Handler] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def invoke(
        self, name: str, payload: bytes, *, asynchronous: bool, request_id: str, task_id: str | None
    ) -> SimpleNamespace:
        function = name.removeprefix(f"{self.prefix}-")
        if function == "discover_resources":
            self._parts.append(self._pool.submit(self.run, function, payload))
        else:
            self.held.append(function)
        return SimpleNamespace(status=202, body=b"", error_type=None)

    def run(self, function: str, payload: bytes) -> str:
        """One handler's answer. Raises what it raises."""
        return self._handler(function)(payload, _context(f"{self.prefix}-{function}"))

    def wait(self) -> None:
        """For everything that was started meanwhile; raises the first error."""
        while self._parts:
            self._parts.pop(0).result()

    def _handler(self, function: str) -> Handler:
        with self._lock:
            if function not in self._handlers:
                self._handlers[function] = _load(function)
            return self._handlers[function]


@dataclass(frozen=True)
class Session:
    settings: Settings
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)  #: holds the key that signs

    @property
    def running(self) -> running.Running | None:
        """The `serve` that runs on this state."""
        return running.find(self.settings.state)

    def products(self, given: Sequence[CloudProduct] | None) -> list[CloudProduct]:
        """Those named, else those configured. Raises InvalidRequestError for one that is not supported."""
        if unknown := [product.value for product in given or [] if product not in supported_products()]:
            known = ", ".join(product.value for product in supported_products())
            raise InvalidRequestError(f"--product {unknown[0]}: not supported by this version; {known} are")
        return list(given or self.settings.products)

    @property
    def reachable(self) -> Settings:
        """The settings, with the functions where they run."""
        return self.settings if (found := self.running) is None else _at(self.settings, found)

    def world(self) -> World:
        """The use cases, in this process. What they invoke goes to the running `serve`, if there is one."""
        settings = self.reachable
        return self._app(settings, None if settings.fc_endpoint else HeldBack()).world

    def app(self) -> App:
        return self._app(self.reachable)

    def _app(self, settings: Settings, functions: HeldBack | None = None) -> App:
        return App(
            Instance(settings),
            credentials.from_environment(self.environ),
            left_s=lambda: _PATIENCE_S,
            holder=f"cli-{uuid.uuid4()}",
            functions=functions,
        )

    def call(self, function: str, payload: bytes) -> dict[str, Any]:
        """Invoke one function and wait: in the running `serve`, else in this process.

        Raises:
            FunctionRefusedError: the function answered that the request is wrong.
            FunctionFailedError, AppError: it failed.
        """
        if function not in function_names():
            raise NotFoundError("Function", f"{function} (there are {', '.join(function_names())})")
        if self.reachable.fc_endpoint:
            return _answer(self.app().functions.invoke(function, payload, asynchronous=False))
        with _in_process(self.settings) as here:
            answer = here.run(function, payload)
            here.wait()
        if here.held:
            from cli.output import tell

            tell(f"held back until `certdeploy serve` runs: {', '.join(sorted(set(here.held)))}")
        return _answer(answer)


def session() -> Session:
    """Raises SettingsError; also where no state is named, since every command needs one."""
    settings = read_settings()
    if settings.state:
        settings = settings.model_copy(update={"state": str(Path(settings.state).resolve())})
    Instance(settings).store  # noqa: B018 - refuses a state that cannot be
    return Session(settings)


def function_names() -> list[str]:
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/index.py"))


def _at(settings: Settings, found: running.Running) -> Settings:
    return settings.model_copy(
        update={
            "fc_endpoint": found.endpoint,
            "fc_access_key_id": found.access_key_id,
            "fc_access_key_secret": SecretStr(found.access_key_secret),
        }
    )


@contextmanager
def _in_process(settings: Settings) -> Iterator[InProcess]:
    """Handlers read the environment: it names, for this time, an FC API that leads back here."""
    from cli.fc_api import serving

    here = InProcess(settings.prefix)
    with serving(here) as fc:
        changes = {"CERTDEPLOY_STATE": settings.state, **fc.environment}
        before = {name: os.environ.get(name) for name in changes}
        os.environ.update(changes)
        try:
            yield here
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def _load(function: str) -> Handler:
    path = FUNCTIONS / function / "index.py"
    spec = importlib.util.spec_from_file_location(f"functions.{function}.index", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler


def _context(name: str) -> SimpleNamespace:
    """As Function Compute's, without a role: the environment's key signs."""
    function = SimpleNamespace(name=name, handler="index.handler", memory=512, timeout=_PATIENCE_S)
    return SimpleNamespace(request_id=str(uuid.uuid4()), function=function, credentials=None)


def _answer(body: bytes | str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(body)
    if set(answer) == {"Code", "Message"}:
        raise FunctionRefusedError(answer["Code"], answer["Message"])
    return answer
