"""What a command works with: settings, the state, and the functions, wherever they run."""

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cli import running
from cli.identity import caller
from cli.in_process import HeldBack, InProcess, function_names
from shared.cloud import credentials
from shared.cloud.functions import Functions
from shared.domain.resources import CloudProduct
from shared.errors import InvalidRequestError, NotFoundError
from shared.products import supported_products
from shared.runtime.app import App, Instance
from shared.runtime.settings import Settings, read_settings
from shared.runtime.stores import open_store
from shared.services.world import World
from shared.state.meta import check_whole
from shared.state.store import Store
from shared.state.tablestore_address import SCHEME, is_address

_PATIENCE_S = 600.0


class FunctionRefusedError(Exception):
    """A function answered that the request itself is wrong."""

    def __init__(self, answer_code: str, message: str) -> None:
        super().__init__(message)
        self.answer_code = answer_code


@dataclass(frozen=True)
class Session:
    settings: Settings
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)  #: holds the key that signs

    @cached_property
    def store(self) -> Store:
        """Raises SettingsError: it is a state that cannot be."""
        return open_store(self.settings, credentials.from_environment(self.environ))

    @property
    def running(self) -> running.Running | None:
        """The `serve` that runs on this state."""
        return running.find(self.settings.state, self.environ)

    def products(self, given: Sequence[CloudProduct] | None) -> list[CloudProduct]:
        """`given`, or else the configured products. Raises InvalidRequestError for an unsupported one."""
        if unknown := [product.value for product in given or [] if product not in supported_products()]:
            known = ", ".join(product.value for product in supported_products())
            raise InvalidRequestError(
                f"--product {unknown[0]}: not supported by this version; supported: {known}"
            )
        return list(given or self.settings.products)

    @property
    def reachable(self) -> Settings:
        """The settings; if a `serve` runs, functions are invoked there."""
        return self.settings if (serving := self.running) is None else _at(self.settings, serving)

    def world(self) -> World:
        """The use cases, in this process. Functions they invoke run in the `serve`, if there is one."""
        return self.app().world

    def app(self) -> App:
        settings = self.reachable
        functions = None if settings.fc_endpoint else HeldBack()
        return self._app(Instance(settings), f"cli-{uuid.uuid4()}", functions)

    def check_credentials(self) -> None:
        """Raises SettingsError if nothing can sign a call, before anything is begun.

        A running `serve` has its own.
        """
        if self.running is None:
            credentials.from_environment(self.environ)()

    def call(self, function: str, payload: bytes) -> dict[str, Any]:
        """Invoke one function and wait: in the running `serve`, else in this process.

        Raises:
            FunctionRefusedError: the function answered that the request is wrong.
            FunctionFailedError, AppError: it failed.
        """
        if function not in function_names():
            raise NotFoundError("Function", function, f"there are {', '.join(function_names())}")
        if self.reachable.fc_endpoint:
            return _answer(self.world().functions.invoke(function, payload, asynchronous=False))
        instance = Instance(self.settings)
        here = InProcess(
            self.settings.prefix, lambda holder, functions: self._app(instance, holder, functions)
        )
        answer = here.invoke(function, payload, asynchronous=False)
        here.finish()
        if held := here.held.functions:
            from cli.output import tell

            tell(f"not run until `certdeploy serve` runs: {', '.join(sorted(set(held)))}")
        return _answer(answer)

    def _app(self, instance: Instance, holder: str, functions: Functions | None) -> App:
        until = time.monotonic() + _PATIENCE_S
        return App.build(
            instance,
            credentials.from_environment(self.environ),
            left_s=lambda: until - time.monotonic(),
            holder=holder,
            functions=functions,
            caller=lambda: caller(self.settings, self.environ, served=self.running is not None),
        )


def session(state: str | None = None, *, unfinished: bool = False) -> Session:
    """`state` overrides CERTDEPLOY_STATE. `unfinished`: also one whose import was cut off.

    Raises SettingsError, also if no state is set: every command needs one.
    """
    settings = read_settings()
    of_stack = f"{SCHEME}{settings.ots_instance}" if settings.ots_instance else ""
    if named := state or settings.state or of_stack:
        settings = settings.evolve(state=named if is_address(named) else str(Path(named).resolve()))
    found = Session(settings)
    if not unfinished:
        check_whole(found.store, settings.state)
    return found


def _at(settings: Settings, serving: running.Running) -> Settings:
    return settings.evolve(
        fc_endpoint=serving.endpoint,
        fc_access_key_id=serving.access_key_id,
        fc_access_key_secret=SecretStr(serving.access_key_secret),
    )


def _answer(body: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(body)
    if set(answer) == {"Code", "Message"}:
        raise FunctionRefusedError(answer["Code"], answer["Message"])
    return answer
