"""The parts of a discovery, where a command runs the functions itself."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any, cast

import pytest

from cli.in_process import InProcess
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.functions import Functions
from shared.domain.resources import CloudResource
from shared.errors import AppError, CloudUnavailableError
from shared.runtime.app import App
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings

EVERYTHING = b'{"Products": ["ALB"]}'


class AProduct:
    """In two regions; `seen` is called for each."""

    other_cloud = False

    def __init__(self, seen: Callable[[], object]) -> None:
        self._seen = seen

    def regions(self) -> list[str]:
        return ["cn-beijing", "cn-hangzhou"]

    def discover(self, region: str) -> Iterator[CloudResource]:
        self._seen()
        return iter(())


def discovering(state: Path, seen: Callable[[], object]) -> InProcess:
    instance = Instance(Settings(state=str(state / "state.db")))

    def app(holder: str, functions: Functions) -> App:
        key = fixed(Credentials("an-id", "a-secret"))
        built = App.build(
            instance, key, left_s=lambda: 1e6 - time.monotonic(), holder=holder, functions=functions
        )
        adapter = cast(Any, lambda *arguments, **more: AProduct(seen))
        return replace(built, world=replace(built.world, adapter=adapter))

    return InProcess("certdeploy", app)


def test_regions_are_discovered_side_by_side(tmp_path: Path) -> None:
    both = Barrier(2, timeout=5)  # broken if one waits for the other to end
    here = discovering(tmp_path, both.wait)

    here.invoke("discover_resources", EVERYTHING, asynchronous=False)
    here.finish()

    assert (both.broken, here.held.functions) == (False, [])


def test_a_region_that_fails_ends_the_command_with_its_error(tmp_path: Path) -> None:
    def fails() -> None:
        raise CloudUnavailableError("DescribeUserDomains", "ServiceUnavailable", "no answer")

    here = discovering(tmp_path, fails)
    here.invoke("discover_resources", EVERYTHING, asynchronous=False)

    with pytest.raises(AppError, match="ServiceUnavailable"):
        here.finish()
