"""Programs of others against the emulated cloud, unchanged, at the cloud's own hosts.

What is not installed is skipped, with the reason in the last line of the run; EMULATOR_FOREIGN=all makes a
failure of it, for machines that should have all of it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from emulator.estate import parse_estate
from emulator.in_process import InProcess, started

ESTATE = {
    "regions": ["cn-hangzhou", "cn-shanghai"],
    "certificates": {"main": {"names": ["*.example.com"], "key": "ecdsa-p256"}},
    "cdn": [{"domain": "www.example.com", "certificate": "main"}],
    "alb": [
        {"name": "east", "region": "cn-shanghai", "listeners": [{"port": 443, "default": "main"}]},
        {"name": "south", "region": "cn-hangzhou", "listeners": [{"port": 443, "default": "main"}]},
    ],
    "oss": [{"bucket": "my-assets", "region": "cn-shanghai"}],
    "ack": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "secrets": [{"namespace": "web", "name": "tls", "certificate": "main"}],
        }
    ],
    "kms": [{"secret": "chat", "region": "cn-shanghai", "value": "v"}],
    "waf": [{"region": "cn-hangzhou"}],
    "tablestore": [{"instance": "rows", "region": "cn-hangzhou"}],
}


@pytest.fixture(scope="session")
def foreign_cloud() -> Iterator[InProcess]:
    with started(ESTATE) as cloud:
        yield cloud


@pytest.fixture
def cloud_of_all(foreign_cloud: InProcess, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """The environment leads to it, as `certdeploy emulator run` sets it."""
    foreign_cloud.cloud.load(parse_estate(ESTATE))
    foreign_cloud.reset()
    for name, text in foreign_cloud.environ.items():
        monkeypatch.setenv(name, text)
    return foreign_cloud


def needs(*, module: str = "", program: str = "", package: str = "") -> None:
    """Skip where it is not installed, or fail where it should be. `package`: of npm."""
    if package:
        there = subprocess.run(["node", "-e", f"require('{package}')"], capture_output=True).returncode == 0
    else:
        there = bool(importlib.util.find_spec(module)) if module else shutil.which(program) is not None
    if there:
        return
    why = f"{module or program or package} is not installed"
    (pytest.fail if os.environ.get("EMULATOR_FOREIGN") == "all" else pytest.skip)(why)
