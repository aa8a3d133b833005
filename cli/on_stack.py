"""The stack that commands work on: `--stack` or CERTDEPLOY_STACK, and its functions on Function Compute.

A stack's name is the prefix of its functions: nothing has to be looked up to invoke one.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from shared.cloud.credentials import Provider
from shared.cloud.functions import Fc3Functions
from shared.cloud.openapi import OpenApi
from shared.domain.regions import Regions
from shared.domain.state_requests import ShownSettings
from shared.errors import InvalidRequestError, NotFoundError, SettingsError
from shared.runtime.settings import Settings
from shared.services.read_state import StateRead
from shared.validation.requests import parse

#: As the parameter Prefix of template.yml.
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
NAME_RULE: Final = (
    "a stack's name begins with a small letter and has small letters, digits and hyphens, at most 32"
)
VARIABLE: Final = "CERTDEPLOY_STACK"
_READER: Final = "read_state"


class FunctionRefusedError(Exception):
    """A function answered that the request itself is wrong."""

    def __init__(self, answer_code: str, message: str) -> None:
        super().__init__(message)
        self.answer_code = answer_code


def answer_in(body: bytes) -> dict[str, Any]:
    """Raises FunctionRefusedError."""
    answer: dict[str, Any] = json.loads(body)
    if set(answer) == {"Code", "Message"}:
        raise FunctionRefusedError(answer["Code"], answer["Message"])
    return answer


@dataclass(frozen=True)
class Options:
    """Those before the command; "": not given."""

    stack: str = ""
    region: str = ""


_NONE: Final = Options()
_GIVEN: Final[ContextVar[Options]] = ContextVar("_GIVEN")


def given(options: Options) -> None:
    """What is said before the command that is run now."""
    _GIVEN.set(options)


def named_stack(environ: Mapping[str, str] = os.environ) -> str:
    """What `--stack` says, or else the variable; "": commands work on a state of their own.

    Raises:
        SettingsError: no stack can have this name.
    """
    said = _GIVEN.get(_NONE).stack
    name = said or environ.get(VARIABLE, "")
    if name and not NAME.fullmatch(name):
        where = "--stack" if said else VARIABLE
        raise SettingsError(f"{where}: {NAME_RULE}")
    return name


def in_region(settings: Settings, region: str = "") -> Settings:
    """In the region that is given, or else named by `--region` before the command, if it is.

    Raises InvalidRequestError: there is none such.
    """
    region = region or _GIVEN.get(_NONE).region
    if region and (why := Regions(more=settings.more_regions).why_not(region)):
        raise InvalidRequestError(f"--region: {why}")
    return settings.evolve(region=region) if region else settings


class StackFunctions(Fc3Functions):
    """The functions of a stack, which are asked by name and answer in JSON."""

    def __init__(self, settings: Settings, name: str, keys: Provider, left_s: Callable[[], float]) -> None:
        openapi = OpenApi(
            keys,
            endpoint=settings.endpoint or None,
            hosts=dict(settings.hosts),
            regions=Regions(more=settings.more_regions),
            deadline=left_s,
        )
        super().__init__(openapi, prefix=name, region=settings.region)
        self._name = name
        self._where = f"{settings.region} has no stack {name}, one half made, or one of an earlier version"

    def ask(self, function: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises FunctionRefusedError, and what `invoke` raises."""
        try:
            return answer_in(self.invoke(function, json.dumps(request).encode(), asynchronous=False))
        except NotFoundError:
            raise NotFoundError("Function", f"{self._name}-{function}", self._where) from None

    def read(self, request: dict[str, Any]) -> dict[str, Any]:
        """What `read_state` answers."""
        return self.ask(_READER, request)

    def settings(self) -> ShownSettings:
        """How the stack is set."""
        shown = parse(StateRead, self.read({"Settings": {}})).settings
        assert shown is not None, "it was asked for"
        return shown
