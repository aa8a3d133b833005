"""Sites for hosts: one of its own for a test, and one that a module's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from host.host import Host
from tests.functional.host.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of `host`; ids and request ids tell its tests apart."""
    site = Site(tmp_path_factory.mktemp("host"))
    yield site
    site.close()


@pytest.fixture(scope="module")
def host(shared: Site) -> Host:
    """One running host for the tests that leave it as it is."""
    return shared.host(
        parameters={"ALIYUN::Region": "cn-beijing", "ALIYUN::TenantId": "7"},
        environment={"OFTEN": "mine"},
    )
