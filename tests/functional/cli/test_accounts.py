"""`certdeploy account`, and the other commands where several accounts are looked after."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from tests.functional.cli.conftest import ESTATE, Command
from tests.functional.cli.findings import about, marks

OTHER, SHUT = "2000000000000002", "3000000000000003"
_THERE = {
    "certificates": {"there": {"names": ["*.example.com"], "key": "ecdsa-p256", "days": 50}},
    "cdn": [{"domain": "there.example.com", "certificate": "there"}],
}
ACCOUNTS = [
    {"id": OTHER, "roles": [{"name": "certdeploy", "trust": ["acs:ram::1000000000000001:root"]}], **_THERE},
    {"id": SHUT, "roles": [{"name": "certdeploy", "trust": ["acs:ram::999:root"]}], **_THERE},
]


@pytest.fixture
def several(command: Command, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Command:
    cloud.load(parse_estate({**ESTATE, "accounts": ACCOUNTS}))
    roles = ",".join(f"acs:ram::{account}:role/certdeploy" for account in (OTHER, SHUT))
    monkeypatch.setenv("CERTDEPLOY_ACCOUNTS", roles)
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN,OSS")
    return command


def test_what_an_account_says_to_whom_it_does_not_trust_is_shown_and_the_exit_code_tells(
    several: Command,
) -> None:
    ran = several("account", "check")

    assert ran.code == 1
    good, bad = ran.out.splitlines()
    assert good == f"✓ {OTHER}: its role is assumed, its CAS is read"
    assert bad.startswith(f"✗ {SHUT}: AssumeRole: NoPermission: acs:ram::{SHUT}:role/certdeploy: ")


def test_without_other_accounts_a_check_says_how_to_name_some(command: Command) -> None:
    ran = command("account", "check")

    assert (ran.code, ran.out) == (0, "")
    assert "CERTDEPLOY_ACCOUNTS names others" in ran.err


def test_a_scan_says_which_account_it_could_not_read_and_the_exit_code_tells(several: Command) -> None:
    ran = several("scan")

    assert ran.code == 1
    count, unread, baseline = ran.err.splitlines()
    assert count == "4 certificates; newly issued: 0; about to expire: 0"
    assert unread.startswith(f"CAS {SHUT}@cn-hangzhou could not be read: AssumeRole: NoPermission: ")
    assert SHUT not in baseline, "what nobody has read is no baseline"
    again = several("scan", "--json")
    assert (again.code, list(again.json["Unread"])) == (1, [f"{SHUT}@cn-hangzhou"])


def test_accounts_and_slots_are_listed_with_what_could_not_be_read(several: Command) -> None:
    several("scan")
    several("discover")

    listed = {one["Account"]: one for one in several("account", "list", "--json").json["Accounts"]}
    assert [listed[name]["Slots"] for name in ("", OTHER, SHUT)] == [4, 1, 0]
    assert "AssumeRole: NoPermission" in listed[SHUT]["Unread"]
    assert listed[OTHER]["Unread"] == ""
    table = several("account", "list").out
    assert f"acs:ram::{OTHER}:role/certdeploy" in table

    there = several("resource", "list", "--account", OTHER)
    assert f"CDN/{OTHER}@-/there.example.com" in there.out
    assert "www.example.com" not in there.out
    assert OTHER in there.out
    unknown = several("resource", "list", "--account", "9")
    assert (unknown.code, unknown.err) == (
        2,
        "certdeploy: Accounts: CERTDEPLOY_ACCOUNTS does not include 9\n",
    )


def test_a_list_that_is_no_list_of_accounts_is_told_before_anything_is_done(
    command: Command, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    monkeypatch.setenv("CERTDEPLOY_ACCOUNTS", "1234")

    ran = command("account", "list")

    assert ran.code == 2
    assert "CERTDEPLOY_ACCOUNTS: entry 1 ('1234'): it is not acs:ram::ACCOUNT:role/NAME" in ran.err
    assert list(cloud.calls) == []


def test_a_certificate_is_carried_and_where_it_cannot_be_is_told(several: Command) -> None:
    several("scan")
    several("discover")

    ran = several("certificate", "carry", "10741304", "--to", OTHER, "--to", SHUT)

    assert ran.code == 1
    good, bad = ran.out.splitlines()
    assert good.startswith(f"✓ {OTHER}: it is uploaded as ")
    assert good.endswith(": the accounts are not of one verified entity")
    assert bad.startswith(f"✗ {SHUT}: failed: AssumeRole: NoPermission")
    again = several("certificate", "carry", "10741304", "--to", OTHER, "--json")
    assert (again.code, [one["Way"] for one in again.json["Carried"]]) == (0, ["there"])
    assert "PRIVATE" not in ran.out + ran.err


def test_the_doctor_says_which_account_lets_nobody_in(several: Command) -> None:
    ran = several("doctor", "--json")

    assert (marks(ran)[f"account {OTHER}"], marks(ran)[f"account {SHUT}"]) == ("ok", "error")
    assert "AssumeRole: NoPermission" in about(ran, f"account {SHUT}")["Text"]


def test_a_state_of_several_accounts_is_looked_over_and_copied_as_any_other(
    several: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several("scan")
    several("discover")
    before = several("resource", "list", "--all", "--json").json["Resources"]

    assert several("state", "check").code == 0
    assert several("state", "export", str(tmp_path / "copy.jsonl")).code == 0
    monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "other.db"))
    assert several("state", "import", str(tmp_path / "copy.jsonl")).code == 0

    assert several("resource", "list", "--all", "--json").json["Resources"] == before
    assert {one["Account"] for one in before} == {"", OTHER}
