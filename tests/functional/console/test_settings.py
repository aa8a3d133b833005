"""Settings on the pages: contacts, policies with their freeze windows, the check-up."""

from __future__ import annotations

from pathlib import Path

from cli.session import session
from shared.domain.contacts import Channel, ChannelKind, Contact, Language
from shared.services.policies import store_policies
from tests.functional.console.browser import Browser, fields
from tests.functional.console.conftest import Opened

ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=s3cr3t"


def test_a_contact_is_tested_and_its_secret_is_shown_nowhere(browser: Browser, installed: Path) -> None:
    secret = installed.parent / "robot"
    secret.write_text("https://oapi.dingtalk.com/robot/send?access_token=s3cr3t")
    channel = Channel(kind=ChannelKind.DINGTALK, url=f"file:{secret}")
    session().world().contacts.save(Contact(contact_id=1, name="<b>oncall", channels=(channel,)))

    pages = ("/settings", "/settings.json", "/contact?id=1", "/contact.json?id=1")
    shown = [browser.get(path).body for path in pages]
    tested = browser.post("/contact/test", {"id": "1"})

    assert "&lt;b&gt;oncall" in shown[0]
    assert (tested.status, "dingtalk" in tested.body) == (200, True)
    for body in (*shown, tested.body):
        assert "s3cr3t" not in body
        assert "access_token" not in body


def test_a_contact_is_added_and_changed_in_words_of_the_command_line(
    browser: Browser, installed: Path
) -> None:
    new = fields(browser.get("/contact"), "/contact/save")
    lines = "email=ops@example.com\r\n dingtalk=kms:robot,secret=kms:sign \r\n"
    assert browser.post("/contact/save", {**new, "name": "ops", "channels": lines}).status == 303
    world = session().world()
    (added,) = world.contacts.list()
    page = browser.get("/contact?id=1")
    form = {**fields(page, "/contact/save"), "language": "zh", "remove": added.channels[0].key}
    assert browser.post("/contact/save", {**form, "default": "1"}).status == 303
    (changed,) = world.contacts.list()

    assert [str(one) for one in added.channels] == ["email ops@example.com", "dingtalk kms:robot"]
    assert "certdeploy contact edit 1" in page.body
    assert (changed.name, changed.language, changed.default) == ("ops", Language.ZH, True)
    assert changed.channels == added.channels[1:]


def test_a_contact_that_nothing_was_changed_of_stays_as_it_is(browser: Browser, installed: Path) -> None:
    channel = Channel(kind=ChannelKind.EMAIL, to="ops@example.com")
    world = session().world()
    before = Contact(contact_id=1, name="ops", language=Language.JA, default=True, channels=(channel,))
    world.contacts.save(before)

    assert browser.post("/contact/save", fields(browser.get("/contact?id=1"), "/contact/save")).status == 303
    assert [one.evolve(version=0) for one in world.contacts.list()] == [before]


def test_a_secret_in_place_of_its_name_is_refused_and_not_repeated(browser: Browser, installed: Path) -> None:
    sent = {"name": "ops", "channels": f"dingtalk={ROBOT}"}
    refused = browser.post("/contact/save", sent)

    assert (refused.status, "its URL is secret: keep it in KMS or a file" in refused.body) == (400, True)
    assert "s3cr3t" not in refused.body
    assert browser.post("/contact/save", {"name": "ops", "channels": "nothing"}).status == 400
    assert browser.post("/contact/save", {"name": "ops"}).status == 400
    assert list(session().world().contacts.list()) == []


def test_a_contact_is_removed(browser: Browser, installed: Path) -> None:
    world = session().world()
    world.contacts.save(Contact(contact_id=1, name="ops", channels=()))

    assert (
        browser.post("/contact/remove", fields(browser.get("/contact?id=1"), "/contact/remove")).status == 303
    )
    assert list(world.contacts.list()) == []
    assert browser.get("/contact?id=1").status == 404


def test_policies_are_checked_before_they_are_stored(browser: Browser, installed: Path) -> None:
    text = "rules:\r\n  - match: {product: CDN}\r\n    deploy: off\r\n"
    checked = browser.post("/settings/policies/check", {"text": text, "version": "0"})
    assert "CDN/-/www.example.com" in checked.body
    assert "No policies are stored." in browser.get("/settings").body

    assert browser.post("/settings/policies/set", {"text": text, "version": "0"}).status == 303
    assert "deploy: off" in browser.get("/settings").body
    assert browser.post("/settings/policies/set", {"text": text, "version": "0"}).status == 409
    assert browser.post("/settings/policies/check", {"text": "rules: 1"}).status == 400


def test_policies_are_checked_as_a_part_of_the_page_while_they_are_written(browser: Browser) -> None:
    wrong = browser.post("/settings/policies/check?fragment=1", {"text": "rules: 1", "version": "0"})
    right = browser.post("/settings/policies/check?fragment=1", {"text": "rules: []", "version": "0"})

    assert (wrong.status, "<html" in wrong.body, "rules: expected a list" in wrong.body) == (200, False, True)
    assert (right.status, "<html" in right.body, 'id="checked"' in right.body) == (200, False, True)
    assert 'data-check="checked"' in browser.get("/settings").body


def test_freeze_windows_are_told_and_whether_changes_are_frozen_now(
    browser: Browser, installed: Path
) -> None:
    times = "weekly: Mon 09:00 - Fri 18:00, dates: 2020-01-01 - 2099-12-31"
    text = f"freezes:\n  - {{name: fair, zone: Asia/Shanghai, {times}}}"
    store_policies(session().world(), text, version=0)
    told = browser.get("/settings.json").json

    assert told["Freezes"] == [
        {
            "Name": "fair",
            "Zone": "Asia/Shanghai",
            "Times": ["Mon 09:00 - Fri 18:00", "2020-01-01 - 2099-12-31"],
        }
    ]
    assert (
        "Changes are frozen until 2099-12-31 16:00 UTC (policy freeze fair)" in browser.get("/settings").body
    )


def test_the_check_up_tells_what_the_command_tells(browser: Browser) -> None:
    page, told = browser.get("/doctor"), browser.get("/doctor.json").json

    assert told["Healthy"] is True
    assert {"key", "state", "contacts"} <= {one["About"] for one in told["Findings"]}
    assert "certdeploy doctor" in page.body
    assert 'class="status s-ok"' in page.body


def test_a_read_only_console_has_no_form_that_changes_contacts(opened: Opened, installed: Path) -> None:
    session().world().contacts.save(Contact(contact_id=1, name="ops", channels=()))
    with opened(read_only=True) as browser:
        browser.let_in()
        pages = [browser.get(path).body for path in ("/contact?id=1", "/settings", "/contact")]
        assert browser.post("/contact/remove", {"id": "1"}).status == 403

    assert [body.count('method="post"') for body in pages] == [0, 0, 0]
