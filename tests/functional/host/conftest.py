"""A host over the sample functions; tests that need another one make it with `a_host`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from host.host import Host

SAMPLE = Path(__file__).parents[2] / "functions_sample"


@pytest.fixture
def a_host(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Makes hosts on one state file; whatever still runs at the end is stopped."""
    hosts: list[Host] = []

    def make(**options: Any) -> Host:
        environment = {"RECORD": str(tmp_path / "record"), "TOLD": str(tmp_path / "told")}
        host = Host(
            SAMPLE / "template.yml",
            SAMPLE / "functions",
            tmp_path / "host.db",
            environment={**environment, **options.pop("environment", {})},
            log=tmp_path / "log",
            retry_base_s=0.05,
            **options,
        )
        hosts.append(host)
        return host

    yield make
    for host in hosts:
        host.stop()


@pytest.fixture
def host(a_host: Callable[..., Host]) -> Host:
    host = a_host()
    host.start()
    return host


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[], list[str]]:
    """What the function `work` noted: a line `<id> <request id>` per run."""
    return lambda: lines(tmp_path / "record")


@pytest.fixture
def told(tmp_path: Path) -> Callable[[], list[str]]:
    """The events that the function `told` got."""
    return lambda: lines(tmp_path / "told")


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
