"""Pages show what the services tell, escaped, in three languages, and each also as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cli.session import session
from console.language import LANGUAGES
from console.views import PAGES
from emulator.cloud import Cloud
from shared.domain.resources import Placed
from tests.functional.console.browser import Browser, fields
from tests.functional.console.conftest import MARKED, RENEWED, SHOP, Opened

SLOT = "CDN/-/www.example.com"
#: A page that shows one thing needs its id.
OF_ONE = {
    "/certificate": f"?id={SHOP}",
    "/slot": f"?id={SLOT}",
    "/slot/look": f"?id={SLOT}",
    "/certificates/clean-up/confirm": f"?certificate={SHOP}",
}
WITHOUT_JOB = sorted(path for path in PAGES if not path.startswith("/job/") and path != "/job")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_each_language_and_small(browser: Browser, language: str) -> None:
    for path in WITHOUT_JOB:
        answer = browser.get(path + OF_ONE.get(path, ""), Accept_Language=f"{language}-XX,en;q=0.5")
        assert (answer.status, answer.headers["content-language"]) == (200, language), path
        assert f'<html lang="{language}">' in answer.body
        assert len(answer.body) < 300_000


def test_every_page_is_there_as_json(browser: Browser) -> None:
    for path in WITHOUT_JOB:
        name = "/overview" if path == "/" else path
        answer = browser.get(f"{name}.json{OF_ONE.get(path, '')}")
        assert answer.status == 200, path
        assert all(field[0].isupper() for field in answer.json), path


def test_a_language_that_was_switched_to_stays(browser: Browser) -> None:
    switched = browser.get("/jobs?lang=ja", Accept_Language="zh")
    kept = switched.headers["set-cookie"].partition(";")[0]

    assert 'lang="ja"' in switched.body
    assert (
        browser.get("/jobs", Accept_Language="zh", Cookie=f"{browser.cookie}; {kept}").headers[
            "content-language"
        ]
        == "ja"
    )


def test_the_overview_tells_what_needs_a_hand_and_what_ends(browser: Browser) -> None:
    told = browser.get("/overview.json").json

    assert told["Status"]["NeedsHand"] is True
    assert [(one["CertIdentifier"], one["Slots"]) for one in told["Endings"]] == [(SHOP, 2), (MARKED, 1)]
    assert "2 slots with a certificate that ends soon" in browser.get("/").body


def test_slots_are_listed_as_the_command_lists_them(browser: Browser) -> None:
    page = browser.get("/resources?ends=30&domain=www.*")

    assert SLOT in page.body
    assert "www.example.edu" not in page.body
    assert "certdeploy resource list --domain &#39;www.*&#39; --ends-within 30 --sort expires" in page.body


def test_slots_and_certificates_of_one_account_are_listed(browser: Browser) -> None:
    assert browser.get("/resources.json?account=-").json["Slots"]["Counts"]["Slots"] == 3
    assert browser.get("/certificates.json?account=-").json["Total"] == 3
    for path in ("/resources", "/certificates"):
        other = browser.get(f"{path}?account=1234567890")
        assert (other.status, "Accounts: " in other.body) == (400, True), path
    assert "--account -" in browser.get("/resources?account=-").body


def test_a_drift_is_told_and_accepted_where_it_is_seen(browser: Browser, installed: Path) -> None:
    world = session().world()
    placed = Placed(job_id=7, cert_identifier=RENEWED, at=world.clock() - timedelta(days=1))
    world.resources.hold_against(world.resources.get(SLOT), placed)
    page = browser.get(f"/slot?id={SLOT}")

    assert "It does not carry what job 7 put there" in page.body
    assert f"certdeploy resource accept {SLOT}" in page.body
    done = browser.post("/slot/accept", fields(page, "/slot/accept"))
    assert (done.status, done.headers["location"]) == (303, "/slot?id=CDN%2F-%2Fwww.example.com")
    assert "It does not carry" not in browser.get(f"/slot?id={SLOT}").body
    assert browser.post("/slot/accept", {"id": SLOT}).status == 400
    assert browser.post("/slot/accept", {}).status == 400


@pytest.fixture
def fresh(
    installed: Path, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    """After a scan of just this cloud: what its edge serves is what CAS told."""
    monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "fresh.db"))
    session().call("scan_expiry", b"{}")
    session().call("discover_resources", b'{"Products": ["CDN"], "Region": ""}')
    with opened() as browser:
        yield browser.let_in()


def test_a_slot_is_looked_at_again_and_its_clients_are_asked_what_they_are_served(fresh: Browser) -> None:
    shown = fresh.get(f"/slot?id={SLOT}").body
    read = fresh.post("/slot/read", fields(fresh.get(f"/slot?id={SLOT}"), "/slot/read"))
    page = fresh.get(read.headers["location"])
    told = fresh.get("/slot/look.json?id=CDN/-/plain.example.com").json["Met"]

    assert "Met by handshakes" not in shown
    assert (read.status, read.headers["location"]) == (303, "/slot/look?id=CDN%2F-%2Fwww.example.com")
    met = page.body.partition("Met by handshakes")[2].partition("Certificates that cover it")[0]
    assert "By a client on this machine, at www.example.com.w.kunlunsl.com:443." in met
    assert f'<td>www.example.com</td><td><a href="/certificate?id={SHOP}">shop</a></td>' in met
    assert met.count("<td>yes</td>") == 2, "as it was read, and trusted"
    assert "certdeploy resource show CDN/-/www.example.com --look" in page.body
    assert [one["ServerName"] for one in told["Names"]] == ["plain.example.com"]
    assert "UNRECOGNIZED_NAME" in told["Names"][0]["Detail"]
    assert "none was met: plain.example.com" in fresh.get("/slot/look?id=CDN/-/plain.example.com").body


def test_a_slot_whose_product_cannot_be_read_again_says_so(fresh: Browser, cloud: Cloud) -> None:
    cloud.deny("cdn:DescribeUserDomains")
    page = fresh.get(fresh.post("/slot/read", {"id": SLOT}).headers["location"]).body

    assert "What was read may be old: CDN could not be read whole: " in page
    assert f'<a href="/certificate?id={SHOP}">shop</a>' in page.partition("Met by handshakes")[2]
    assert (fresh.post("/slot/read", {"id": "CDN/-/no"}).status, fresh.get("/slot/look").status) == (
        404,
        404,
    )


def test_a_certificate_shows_where_it_serves_and_where_it_could(browser: Browser) -> None:
    found = browser.get(f"/certificate.json?id={RENEWED}").json

    assert (found["Serving"], found["CouldServe"]) == (0, 3)
    assert SLOT in browser.get(f"/certificate?id={RENEWED}").body


def test_a_certificate_shows_what_it_renews_and_where_that_still_serves(browser: Browser) -> None:
    line = browser.get(f"/certificate.json?id={RENEWED}").json["Map"]["Renewals"]
    page = browser.get(f"/certificate?id={RENEWED}").body.partition("Renewals before it")[2]
    first = browser.get(f"/certificate?id={SHOP}").body

    assert [(one["CertIdentifier"], one["Serving"]) for one in line["Before"]] == [(SHOP, 2)]
    assert f'<a href="/certificate?id={SHOP}">shop</a>' in page
    assert f'<a href="/resources?certificate={SHOP}">2 slots</a>' in page
    assert "Renewals after it" not in page
    assert f'<a href="/certificate?id={RENEWED}">renewed</a>' in first.partition("Renewals after it")[2]
    assert "CAS has no earlier one" in first


def test_names_that_hold_markup_are_text(browser: Browser) -> None:
    for path in ("/", "/certificates", f"/certificate?id={MARKED}", "/resources"):
        body = browser.get(path).body
        assert "alert(1)" in body, path
        assert "<script>alert" not in body
        assert "<img" not in body


def test_what_is_asked_for_wrongly_is_told_in_one_sentence(browser: Browser) -> None:
    asked = {
        "/job?id=12": (404, "DeploymentJob 12 does not exist"),
        "/job?id=<b>x": (400, "id: &#39;&lt;b&gt;x&#39; is no number"),
        "/job": (400, "id: a number is needed"),
        "/slot?id=CDN/-/nowhere": (404, "does not exist"),
        "/certificate?id=99": (404, "does not exist"),
        "/resources?ends=soon": (400, "not a span"),
        "/resources?product=XYZ": (400, "Products"),
        "/jobs?status=x": (400, "is not one of"),
        "/nothing": (404, "no such page"),
    }
    for path, (status, text) in asked.items():
        answer = browser.get(path)
        assert (answer.status, text in answer.body) == (status, True), (path, answer.body)
        assert "<h1>This cannot be shown</h1>" in answer.body
    assert browser.get("/job.json?id=12").json["Code"] == "NotFound"


@pytest.mark.parametrize("start", ["3", "1000", "9" * 19])
def test_where_a_list_has_no_rows_so_far_on_its_last_page_is_shown(browser: Browser, start: str) -> None:
    for path, row in (("/resources", SLOT), ("/certificates", SHOP)):
        assert row in browser.get(f"{path}?offset={start}").body, path
    for wrong in ("-1", "1e9", "9" * 20, "%D9%A3"):
        assert browser.get(f"/resources?offset={wrong}").status == 400, wrong


def test_what_nobody_expected_is_told_in_one_sentence_too(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("AccessKeySecret=s3cr3t")

    monkeypatch.setattr("console.views.contacts.manage_contacts", broken)
    told = (browser.get("/contact?id=1"), browser.get("/contact.json?id=1"))

    for answer in told:
        assert (answer.status, "unexpected ZeroDivisionError" in answer.body) == (500, True)
        assert "s3cr3t" not in answer.body
        assert "Traceback" not in answer.body
    assert 'aria-label="Pages"' in told[0].body


def test_a_state_that_cannot_be_used_is_told_until_it_can(browser: Browser, installed: Path) -> None:
    kept = installed.read_bytes()
    for spoilt in (
        b"no state at all" * 100,
        kept[:60] + b"\x00\x00\x7f\xff" + kept[64:],
    ):  # of a later schema
        installed.with_name(f"{installed.name}-wal").unlink(missing_ok=True)
        installed.write_bytes(spoilt)
        answer = browser.get("/jobs")
        assert (answer.status, str(installed) in answer.body) == (503, True), answer.body
    installed.write_bytes(kept)
    assert browser.get("/jobs").status == 200


def test_a_part_that_has_not_changed_is_not_sent_again(browser: Browser) -> None:
    first = browser.get("/jobs?fragment=1")
    seen = first.headers["etag"].strip('"')

    assert "<html" not in first.body
    assert browser.get(f"/jobs?fragment=1&seen={seen}").status == 204
