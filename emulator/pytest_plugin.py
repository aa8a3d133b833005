"""Fixtures for the tests of programs that call Alibaba Cloud: an emulated account of their own.

    def test_it(alibaba_cloud, alibaba_env): ...

`alibaba_cloud` is a cloud of the test's own, `alibaba_cloud_session` one for all tests. Nothing of the
emulator is imported until a test asks for it. A test fails at its end if a fault that it ordered never
struck, or if it called what is not emulated; `@pytest.mark.alibaba_cloud(strict=False)` lets it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.in_process import InProcess


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("alibaba_estate", "estate file of the emulated Alibaba Cloud; default: a sample")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "alibaba_estate(estate): the account of the emulated cloud, as data or as a path"
    )
    config.addinivalue_line(
        "markers",
        "alibaba_cloud(strict=True, **options): whether unhit faults and calls of what is not emulated fail;"
        " options of the cloud, such as settle_s, answers, loose",
    )


@pytest.fixture(scope="session")
def alibaba_estate_default(pytestconfig: pytest.Config) -> Any:
    """The estate of tests that name none: that of the ini option `alibaba_estate`, from its folder."""
    named = pytestconfig.getini("alibaba_estate")
    return str(pytestconfig.rootpath / named) if named else None


@pytest.fixture
def alibaba_estate(request: pytest.FixtureRequest, alibaba_estate_default: Any) -> Any:
    """The account: data, a path, or None for the sample. Override it, or mark a test."""
    marker = request.node.get_closest_marker("alibaba_estate")
    return marker.args[0] if marker else alibaba_estate_default


@pytest.fixture
def alibaba_cloud(request: pytest.FixtureRequest, alibaba_estate: Any) -> Iterator[InProcess]:
    """A cloud of the test's own."""
    from emulator.in_process import started

    marker = request.node.get_closest_marker("alibaba_cloud")
    options = dict(marker.kwargs) if marker else {}
    strict = options.pop("strict", True)
    with started(alibaba_estate, **options) as cloud:
        yield cloud
        if strict and (problems := cloud.problems()):
            pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture(scope="session")
def alibaba_cloud_session(alibaba_estate_default: Any) -> Iterator[InProcess]:
    """A cloud for all tests, who share what they change in it."""
    from emulator.in_process import started

    with started(alibaba_estate_default) as cloud:
        yield cloud
        if problems := cloud.problems():
            pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def alibaba_env(alibaba_cloud: InProcess, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment leads to the cloud, and to no real account; the variables that were set."""
    from emulator.environment import without_accounts

    wanted = without_accounts(os.environ) | alibaba_cloud.environ
    for name in os.environ.keys() - wanted.keys():
        monkeypatch.delenv(name)
    changed = {name: text for name, text in wanted.items() if os.environ.get(name) != text}
    for name, text in changed.items():
        monkeypatch.setenv(name, text)
    return changed


@pytest.fixture
def alibaba_config(alibaba_cloud: InProcess) -> Callable[..., Any]:
    """`alibaba_config(region_id="cn-shanghai", **more)`: the Config of a client of the official SDKs.

    The client then calls the real host of its product and region, over TLS, and reaches the cloud.
    """
    from alibabacloud_tea_openapi.utils_models import Config

    def config(region_id: str = "cn-hangzhou", **more: Any) -> Config:
        given = {
            "access_key_id": alibaba_cloud.key.access_key_id,
            "access_key_secret": alibaba_cloud.key.access_key_secret,
            "region_id": region_id,
            "https_proxy": alibaba_cloud.endpoint,
            "http_proxy": alibaba_cloud.endpoint,
            "ca": alibaba_cloud.ca_file,
        }
        return Config(**(given | more))

    return config
