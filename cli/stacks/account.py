"""The account and the region that a stack is in, and what asks about it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from cli.columns import check_given
from cli.on_stack import NAME, NAME_RULE, StackFunctions, in_region, named_stack
from cli.stacks.objects import Store
from cli.stacks.ros import Ros
from shared.cloud import credentials
from shared.cloud.credentials import Provider
from shared.cloud.openapi import OpenApi
from shared.cloud.sts import account_id
from shared.domain.regions import Regions
from shared.errors import InvalidRequestError
from shared.runtime.settings import Settings, read_settings

USUAL_NAME = "certdeploy"
_PATIENCE_S = 600.0  #: of a function that is waited for


@dataclass(frozen=True)
class Account:
    """`left_s`: for calls that nobody waits for any longer; None: as long as they take."""

    settings: Settings
    keys: Provider
    left_s: Callable[[], float] | None = None

    @property
    def region(self) -> str:
        return self.settings.region

    @cached_property
    def said(self) -> str:
        """What a command needs to look here: " --region R", or "" where it does so without."""
        return "" if self.region == read_settings().region else f" --region {self.region}"

    @cached_property
    def openapi(self) -> OpenApi:
        return OpenApi(
            self.keys,
            endpoint=self.settings.endpoint or None,
            hosts=dict(self.settings.hosts),
            regions=Regions(more=self.settings.more_regions),
            deadline=self.left_s,
            read_timeout_s=60,  # ROS weighs a whole template while one waits
        )

    @cached_property
    def id(self) -> str:
        return account_id(self.openapi)

    @cached_property
    def ros(self) -> Ros:
        return Ros(self.openapi, self.region)

    @cached_property
    def objects(self) -> Store:
        return Store(self.openapi)

    def functions(self, name: str) -> StackFunctions:
        return StackFunctions(self.settings, name, self.keys, lambda: _PATIENCE_S)


def the_account(region: str | None, environ: Mapping[str, str] = os.environ) -> Account:
    """`region`: of an option of the command; default: `--region` before it, or the setting.

    Raises SettingsError, InvalidRequestError.
    """
    check_given("--region", region)
    settings = read_settings()
    settings = in_region(settings, region) if region else in_region(settings)
    return Account(settings, credentials.from_environment(environ))


def stack_name(given: str | None) -> str:
    """Raises InvalidRequestError, SettingsError: no stack can have it."""
    check_given("--name", given)
    name = given or named_stack() or USUAL_NAME
    if not NAME.fullmatch(name):
        raise InvalidRequestError(f"--name: {NAME_RULE}")
    return name
