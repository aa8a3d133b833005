"""What a command works with is handed over, not looked up: two sessions in one process do not meet."""

import os
from pathlib import Path

import pytest

from cli.session import Session
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.runtime.settings import read_settings
from tests.functional.cli.conftest import ESTATE, Command


@pytest.fixture
def installed(
    bare: Command, cloud: Cloud, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Session:
    """An installation other than the one that the environment of this process names."""
    monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "other.db"))
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-other")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "other")
    cloud.load(parse_estate(ESTATE))
    environ = {
        "CERTDEPLOY_STATE": str(tmp_path / "state.db"),
        "CERTDEPLOY_ENDPOINT": server.endpoint,
        "CERTDEPLOY_REGIONS": "cn-hangzhou",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": cloud.key.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": cloud.key.access_key_secret,
    }
    return Session(read_settings(environ), environ)


def test_a_function_in_this_process_works_with_the_settings_and_key_of_its_session(
    installed: Session, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(os.environ)
    installed.call("discover_resources", b'{"Products": ["CDN"]}')
    installed.call("scan_expiry", b"{}")  # the baseline
    cloud.service("cas").add("new", "cn-hangzhou", Authority().issue(["example.net"], key="ecdsa-p256"))

    scanned = installed.call("scan_expiry", b"{}")

    assert scanned["Certificates"] == 4
    assert {call.status for call in cloud.calls} == {200}
    assert "not run until `certdeploy serve` runs: create_deployment_job" in capsys.readouterr().err
    assert dict(os.environ) == before


def test_the_parts_of_a_discovery_have_ended_when_it_has(installed: Session) -> None:
    installed.call("discover_resources", b'{"Products": ["CDN", "OSS"]}')

    syncs = installed.world().syncs
    found = [status for product in (CloudProduct.CDN, CloudProduct.OSS) for status in syncs.list(product)]
    assert {status.product for status in found} == {CloudProduct.CDN, CloudProduct.OSS}
    assert {status.state.value for status in found} == {"synced"}
