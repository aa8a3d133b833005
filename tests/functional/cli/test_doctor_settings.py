"""`certdeploy doctor` where there is no state yet, or settings that cannot be read or do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.runtime.doctor import of_settings
from shared.runtime.settings import read_settings
from shared.services.doctor import Mark
from tests.functional.cli.conftest import Command
from tests.functional.cli.findings import about, marks


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN,ALB,OSS")


def test_before_anything_was_set_up_the_account_is_looked_at_all_the_same(
    command: Command, tmp_path: Path
) -> None:
    ran = command("doctor", "--json")

    assert ran.code == 0
    assert (marks(ran)["state"], marks(ran)["product CDN"]) == ("warning", "ok")
    assert not (tmp_path / "state.db").exists(), "looking makes no state"


def test_without_a_state_that_is_an_error_and_the_account_is_looked_at(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CERTDEPLOY_STATE")

    ran = command("doctor", "--json")

    assert (ran.code, marks(ran)["state"], marks(ran)["key"]) == (1, "error", "ok")


def test_a_state_that_cannot_be_read_is_one_finding(command: Command, tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("no database at all, but text")

    ran = command("doctor", "--json")

    assert (ran.code, marks(ran)["state"], marks(ran)["product OSS"]) == (1, "error", "ok")


def test_settings_that_cannot_be_read_are_one_finding(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_REGIONS", "cn-hangzou")
    monkeypatch.setenv("CERTDEPLOY_PREFX", "x")

    ran = command("doctor", "--json")

    assert (ran.code, ran.err) == (1, "")
    assert "cn-hangzou" in about(ran, "settings")["Text"]
    assert "CERTDEPLOY_PREFX is no setting" in about(ran, "settings")["Text"]


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"WEBHOOK_URL": "https://hook.example.com/"}, "notifications are not signed"),
        ({"SMTP": "smtp://a@mail.example.com:587"}, "no mail can be sent"),
        ({"HOSTS": "albx=albx.aliyuncs.com"}, "nothing calls an API albx"),
    ],
    ids=["webhook", "smtp", "hosts"],
)
def test_settings_that_do_not_fit_together_are_told(
    command: Command, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"CERTDEPLOY_{name}", value)

    assert told in about(command("doctor", "--json"), "settings")["Text"]


def test_an_account_of_the_international_site_names_the_hosts_that_differ() -> None:
    variables = {"CERTDEPLOY_STORES": "ap-southeast-1", "CERTDEPLOY_PRODUCTS": "CDN,LIVE,VOD"}

    (found,) = of_settings(read_settings(variables))
    hosts = ",".join(f"{api}={api}.ap-southeast-1.aliyuncs.com" for api in ("live", "vod"))
    (fitting,) = of_settings(read_settings({**variables, "CERTDEPLOY_HOSTS": hosts}))

    assert (found.mark, "hosts for live, vod" in found.text) == (Mark.WARNING, True)
    assert fitting.mark is Mark.OK


def test_a_handshake_with_an_emulated_edge_proves_nothing_of_the_real_cloud() -> None:
    (found,) = of_settings(read_settings({"CERTDEPLOY_TLS": "127.0.0.1:4433"}))

    assert (found.mark, "CERTDEPLOY_TLS" in found.todo) == (Mark.ERROR, True)
