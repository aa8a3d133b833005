"""What a command works with: settings, the state, and the functions, wherever they run."""

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
from cli.on_stack import StackFunctions, answer_in, in_region, named_stack
from cli.stack_store import StackStore
from shared.cloud import credentials
from shared.cloud.functions import Functions
from shared.domain.resources import CloudProduct
from shared.errors import InvalidRequestError, NotFoundError, SettingsError
from shared.products import supported_products
from shared.runtime.app import App
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings, read_settings
from shared.runtime.shown import as_shown
from shared.runtime.stores import open_store
from shared.services.world import World
from shared.state.meta import check_whole
from shared.state.store import Store
from shared.state.tablestore_address import SCHEME, is_address

_PATIENCE_S = 600.0


@dataclass(frozen=True)
class Session:
    settings: Settings
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)  #: holds the key that signs
    stack: str = ""  #: whose functions do the work, and read the state

    @cached_property
    def functions(self) -> StackFunctions | None:
        """Of the stack."""
        if not self.stack:
            return None
        until = time.monotonic() + _PATIENCE_S
        keys = credentials.from_environment(self.environ)
        return StackFunctions(self.settings, self.stack, keys, lambda: until - time.monotonic())

    @cached_property
    def store(self) -> Store:
        """Raises SettingsError: it is a state that cannot be."""
        if self.functions is not None:
            return StackStore(self.functions.read)
        return open_store(self.settings, credentials.from_environment(self.environ))

    @property
    def running(self) -> running.Running | None:
        """The `serve` that runs on this state."""
        return None if self.stack else running.find(self.settings.state, self.environ)

    @property
    def served(self) -> bool:
        """Whether functions run, so that what is asked for begins by itself."""
        return bool(self.stack) or self.running is not None

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

    def lasting_world(self) -> World:
        """As `world`, of a process that goes on for hours: the state is looked at again now and then.

        Raises SettingsError: a newer version has taken the state over, or an import of it was cut off.
        """
        instance = self._instance(self.reachable)
        instance.check_state(credentials.from_environment(self.environ), time.monotonic())
        return self._app_on(instance).world

    def app(self) -> App:
        return self._app_on(self._instance(self.reachable))

    def _app_on(self, instance: Instance) -> App:
        functions = self.functions or (None if instance.settings.fc_endpoint else HeldBack())
        return self._app(instance, f"cli-{uuid.uuid4()}", functions)

    def _instance(self, settings: Settings) -> Instance:
        """Kept where connections are; a file is opened anew, for somebody may put another in its place."""
        if not self.stack and settings.tablestore is None:
            return Instance(settings)
        if settings not in self._instances:
            self._instances[settings] = Instance(settings, self.store)
        return self._instances[settings]

    @cached_property
    def _instances(self) -> dict[Settings, Instance]:
        return {}

    def check_credentials(self) -> None:
        """Raises SettingsError if nothing can sign a call, before anything is begun.

        A running `serve` has its own.
        """
        if self.running is None:
            credentials.from_environment(self.environ)()

    def call(self, function: str, payload: bytes) -> dict[str, Any]:
        """Invoke one function and wait: of the stack, in the running `serve`, or else in this process.

        Raises:
            FunctionRefusedError: the function answered that the request is wrong.
            FunctionFailedError, AppError: it failed.
        """
        if function not in function_names():
            raise NotFoundError("Function", function, f"there are {', '.join(function_names())}")
        if self.functions is not None:
            return answer_in(self.functions.invoke(function, payload, asynchronous=False))
        if self.reachable.fc_endpoint:
            return answer_in(self.world().functions.invoke(function, payload, asynchronous=False))
        instance = Instance(self.settings)
        here = InProcess(
            self.settings.prefix, lambda holder, functions: self._app(instance, holder, functions)
        )
        answer = here.invoke(function, payload, asynchronous=False)
        here.finish()
        if held := here.held.functions:
            from cli.output import tell

            tell(f"not run until `certdeploy serve` runs: {', '.join(sorted(set(held)))}")
        return answer_in(answer)

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

    Raises SettingsError, also if no state is set, and no stack: every command needs one.
    """
    settings = in_region(read_settings())
    if stack := named_stack():
        if state:
            raise SettingsError(
                f"--state names a state, and the stack {stack} has its own; choose one of them"
            )
        return stack_session(settings, stack)
    found = Session(located(settings, state))
    if not unfinished:
        check_whole(found.store, found.settings.state)
    return found


def own_session(state: str | None = None, *, unfinished: bool = False) -> Session:
    """As `session`, for what a command does with a state itself. Raises SettingsError: a stack is named."""
    if stack := named_stack():
        raise SettingsError(f"this is done with a state, not with a stack ({stack})")
    return session(state, unfinished=unfinished)


def stack_session(settings: Settings, stack: str, environ: Mapping[str, str] = os.environ) -> Session:
    """How the stack is set decides, not how this machine is."""
    own = settings.evolve(state="", ots_instance="", prefix=stack, fc_endpoint="")
    asked = Session(own, environ, stack)
    assert asked.functions is not None
    found = Session(as_shown(own, asked.functions.settings()), environ, stack)
    check_whole(found.store, f"the stack {stack}")
    return found


def located(settings: Settings, state: str | None = None) -> Settings:
    """With the whole name of the state in `state`; "" if none is named."""
    of_stack = f"{SCHEME}{settings.ots_instance}" if settings.ots_instance else ""
    if named := state or settings.state or of_stack:
        settings = settings.evolve(state=named if is_address(named) else str(Path(named).resolve()))
    return settings


def _at(settings: Settings, serving: running.Running) -> Settings:
    return settings.evolve(
        fc_endpoint=serving.endpoint,
        fc_access_key_id=serving.access_key_id,
        fc_access_key_secret=SecretStr(serving.access_key_secret),
    )
