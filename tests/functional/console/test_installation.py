"""What belongs to the installation, on the pages: its accounts, its quota, what is configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from cli.session import session
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from shared.domain.dead_letters import DeadLetter
from shared.domain.quota import QuotaMode
from tests.builders import NOW
from tests.functional.console.browser import Browser, fields
from tests.functional.console.conftest import ESTATE, RENEWED, Opened

OTHER, SHUT = "2000000000000002", "3000000000000003"


@pytest.fixture
def several(installed: Path, cloud: Cloud, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """With an account that lets us in, and one that does not."""
    trusts = {OTHER: "acs:ram::1000000000000001:root", SHUT: "acs:ram::999:root"}
    roles = [{"id": one, "roles": [{"name": "certdeploy", "trust": [who]}]} for one, who in trusts.items()]
    cloud.load(parse_estate({**ESTATE, "accounts": roles}))
    named = ",".join(f"acs:ram::{one}:role/certdeploy" for one in trusts)
    monkeypatch.setenv("CERTDEPLOY_ACCOUNTS", named)
    return opened


def test_accounts_are_listed_with_their_roles_and_what_is_known_of_each(several: Opened) -> None:
    with several() as browser:
        page, told = browser.let_in().get("/accounts").body, browser.get("/accounts.json").json

    assert [(one["Account"], one["Slots"]) for one in told["Accounts"]] == [("", 4), (OTHER, 0), (SHUT, 0)]
    assert f"acs:ram::{OTHER}:role/certdeploy" in page
    for command in ("account list", "account check", "ram print entered"):
        assert f"certdeploy {command}" in page


def test_each_account_is_asked_whether_it_lets_us_in(several: Opened) -> None:
    with several() as browser:
        page, told = browser.let_in().get("/accounts/check").body, browser.get("/accounts/check.json").json

    good, bad = told["Accounts"]
    assert (good["Account"], good["WhyNot"], bad["Code"]) == (OTHER, "", "NoPermission")
    assert "its role is assumed, its CAS is read" in page
    assert "AssumeRole: NoPermission" in page


def test_a_package_is_added_once_however_often_the_form_is_sent(browser: Browser, installed: Path) -> None:
    form = {**fields(browser.get("/quota"), "/quota/add"), "count": "100", "note": "order <17>"}

    assert [browser.post("/quota/add", form).status for _ in range(2)] == [303, 303]
    page = browser.get("/quota").body
    assert "<strong>100 of 100 left</strong>" in page
    assert "order &lt;17&gt;" in page
    assert browser.get("/quota.json").json["Total"] == 1
    for wrong in ({**form, "count": "-1"}, {**form, "count": "0"}, {"count": "5"}):
        assert browser.post("/quota/add", wrong).status == 400, wrong


def test_mode_and_free_certificates_are_set_where_they_are_others(browser: Browser, installed: Path) -> None:
    budget = session().world().quota.budget
    first = fields(browser.get("/quota"), "/quota/set")
    assert first["mode"] == ["advisory"]
    assert browser.post("/quota/set", first).status == 400  # nothing is another
    assert browser.post("/quota/set", {**first, "mode": "enforced", "share": "10743322"}).status == 303
    assert (budget.get().mode, budget.get().shared) == (QuotaMode.ENFORCED, (RENEWED,))

    second = fields(browser.get("/quota"), "/quota/set")
    assert browser.post("/quota/set", {**second, "unshare": RENEWED}).status == 303
    assert (budget.get().mode, budget.get().shared) == (QuotaMode.ENFORCED, ())
    assert browser.post("/quota/set", {**second, "share": "no-id"}).status == 400
    assert browser.post("/quota/set", {**second, "share": "1"}).status == 404


def test_an_open_job_and_what_it_holds_is_told(browser: Browser, installed: Path) -> None:
    for words in (("add", "10"), ("set", "--mode", "enforced")):
        assert main(("quota", *words)) == 0
    assert main(("job", "create", "--name", "held", "--certificate", "10743322")) == 0

    told = browser.get("/quota.json").json
    assert [(one["Name"], one["Held"]) for one in told["Quota"]["Jobs"]] == [("held", 2)]
    assert "2 reserved" in browser.get("/quota").body


@pytest.mark.parametrize(
    "address",
    ["https://hooks.example.com/services/T0/s3cr3t", "https://hooks.example.com:8443/?key=s3cr3t"],
)
def test_of_a_webhook_only_the_host_is_shown(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("CERTDEPLOY_WEBHOOK_URL", address)
    with opened() as browser:
        shown = browser.let_in().get("/settings").body + browser.get("/settings.json").body

    assert "https://hooks.example.com/…" in shown
    assert "s3cr3t" not in shown


def test_a_read_only_console_has_no_form_that_changes_the_quota(opened: Opened) -> None:
    with opened(read_only=True) as browser:
        body = browser.let_in().get("/quota").body
        assert browser.post("/quota/add", {"count": "1", "key": "x"}).status == 403

    assert 'method="post"' not in body


def test_dead_letters_are_listed_with_what_to_do_about_them(browser: Browser) -> None:
    letter = DeadLetter(
        request_id="1-65a",
        function="certdeploy-notify",
        payload="{}",
        error_type="KeyError",
        error_message="<b>",
        tries=4,
        failed_at=NOW,
    )
    none = browser.get("/deadletters").body
    session().world().dead_letters.save(letter)

    page, told = browser.get("/deadletters").body, browser.get("/deadletters.json").json

    assert "There are none." in none
    assert [one["Function"] for one in told["DeadLetters"]] == ["certdeploy-notify"]
    assert "<td>KeyError &lt;b&gt;</td>" in page
    for command in ("list", f"show {letter.name}", f"retry {letter.name}", f"drop {letter.name}"):
        assert f"certdeploy deadletters {command}" in page, command
