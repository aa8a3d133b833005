"""The plugin in somebody else's tests: run in a pytest of its own, in this process."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Imported here, they stay: `pytester` forgets at each end what was imported within.
from alibabacloud_cdn20180510 import client, models  # noqa: F401

import emulator.in_process  # noqa: F401
from emulator.services import service_classes

service_classes()
pytest_plugins = ["pytester"]

HEAD = """
import pytest
from emulator.faults import Fault
ESTATE = {"cdn": [{"domain": "www.example.com"}], "regions": ["cn-shanghai"]}
pytestmark = pytest.mark.alibaba_estate(ESTATE)
def domains(config):
    from alibabacloud_cdn20180510.client import Client
    from alibabacloud_cdn20180510.models import DescribeUserDomainsRequest
    page = Client(config).describe_user_domains(DescribeUserDomainsRequest()).body.domains.page_data
    return [row.domain_name for row in page]
def gone(config):
    from alibabacloud_cdn20180510.client import Client
    from alibabacloud_cdn20180510.models import DescribeCdnServiceRequest
    with pytest.raises(Exception, match="not emulated"):
        Client(config).describe_cdn_service(DescribeCdnServiceRequest())
"""


@pytest.fixture
def tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p emulator.pytest_plugin -p no:cacheprovider")
    return pytester


def test_a_test_has_a_cloud_of_its_own(tests: pytest.Pytester) -> None:
    tests.makepyfile(
        HEAD
        + """
def test_one(alibaba_cloud, alibaba_config):
    assert domains(alibaba_config()) == ["www.example.com"]
    alibaba_cloud.fault("DescribeUserDomains", status=403, code="Refused")
    with pytest.raises(Exception, match="Refused"):
        domains(alibaba_config())
    assert [call.code for call in alibaba_cloud.calls] == ["", "Refused"]
    alibaba_cloud.clock.advance(60)
def test_two(alibaba_cloud):
    assert not alibaba_cloud.calls and not alibaba_cloud.faults
@pytest.mark.alibaba_cloud(settle_s=7, answers="sparse")
def test_three(alibaba_cloud):
    assert (alibaba_cloud.cloud.settle_s, alibaba_cloud.cloud.answers.mode) == (7, "sparse")
"""
    )
    tests.runpytest_inprocess().assert_outcomes(passed=3)


def test_what_proves_nothing_fails_at_its_end(tests: pytest.Pytester) -> None:
    tests.makepyfile(
        HEAD
        + """
def test_unhit(alibaba_cloud):
    alibaba_cloud.fault("DescribeUserDomains")
def test_not_emulated(alibaba_config):
    gone(alibaba_config())
@pytest.mark.alibaba_cloud(strict=False)
def test_loose(alibaba_cloud, alibaba_config):
    alibaba_cloud.fault("DescribeUserDomains")
    gone(alibaba_config())
"""
    )
    result = tests.runpytest_inprocess()

    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(
        [
            "the fault never struck: Fault(action='DescribeUserDomains'*",
            "not emulated: DescribeCdnService of *",
        ]
    )


def test_the_environment_leads_to_the_cloud_alone(
    tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("ALIBABA_CLOUD_ROLE_ARN", "real")
    tests.makepyfile(
        HEAD
        + """
import os
def test_env(alibaba_cloud, alibaba_env):
    assert os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] == alibaba_cloud.key.access_key_id
    assert os.environ["HTTPS_PROXY"] == alibaba_cloud.endpoint
    assert "ALIBABA_CLOUD_ROLE_ARN" not in os.environ
def test_after():
    assert os.environ["ALIBABA_CLOUD_ROLE_ARN"] == "real"
    assert "EMULATOR_ENDPOINT" not in os.environ
"""
    )
    tests.runpytest_inprocess().assert_outcomes(passed=2)


def test_an_estate_is_a_file_of_the_project(tests: pytest.Pytester) -> None:
    tests.makeini("[pytest]\naddopts = -p emulator.pytest_plugin\nalibaba_estate = account.yaml")
    tests.makefile(".yaml", account="regions: [cn-beijing]")
    tests.makepyfile(
        """
def test_mine(alibaba_cloud, alibaba_cloud_session):
    assert alibaba_cloud.cloud.regions == ["cn-beijing"]
    assert alibaba_cloud_session.cloud.regions == ["cn-beijing"]
    assert alibaba_cloud.endpoint != alibaba_cloud_session.endpoint
"""
    )
    tests.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_project_that_asks_for_no_cloud_imports_none() -> None:
    program = (
        "import sys, emulator.pytest_plugin as _; print([m for m in sys.modules if m.startswith('emul')])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "['emulator', 'emulator.pytest_plugin']\n"
