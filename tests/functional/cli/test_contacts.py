"""`certdeploy contact`: who is told, from the command line; no secret is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chats import SECRET, TOKEN, Chats, chatting
from tests.functional.cli.conftest import SHOP, Command


@pytest.fixture
def chats(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chats]:
    with chatting() as found:
        monkeypatch.setenv("CERTDEPLOY_CHAT_ENDPOINT", found.endpoint)
        yield found


@pytest.fixture
def url(chats: Chats, tmp_path: Path) -> str:
    """The name of the secret that is the URL of DingTalk's robot; that of its signature ends with -sign."""
    (tmp_path / "robot").write_text(chats.url("dingtalk"))
    (tmp_path / "robot-sign").write_text(SECRET)
    return f"file:{tmp_path / 'robot'}"


def add(command: Command, *channels: str, name: str = "on call") -> int:
    given = [part for channel in channels for part in ("--channel", channel)]
    return int(command("contact", "add", "--name", name, *given, "--json").json["Contacts"][0]["ContactId"])


def test_a_contact_is_added_shown_changed_and_removed(command: Command, url: str) -> None:
    contact = add(command, f"dingtalk={url},secret={url}-sign")
    key = command("contact", "show", str(contact), "--json").json["Contacts"][0]["Channels"][0]
    changed = command(
        "contact", "edit", str(contact), "--language", "zh", "--default", "--add-channel", "slack=kms:slack"
    )
    listed = command("contact", "list")
    removed = command("contact", "remove", str(contact))

    assert key == {"Kind": "dingtalk", "To": "", "Url": url, "Secret": f"{url}-sign"}
    assert changed.code == 0
    assert "slack kms:slack" in listed.out
    assert "zh" in listed.out
    assert (removed.code, removed.err) == (0, "removed on call\n")
    assert command("contact", "show", str(contact)).code == 5
    for said in (changed, listed):
        assert TOKEN not in said.out + said.err
        assert SECRET not in said.out + said.err


def test_a_channel_is_removed_by_its_key(command: Command, url: str) -> None:
    contact = str(add(command, f"dingtalk={url}", "slack=kms:slack"))
    shown = command("contact", "show", contact).out
    key = next(word.strip("(),") for word in shown.split() if word.startswith("(slack-"))

    left = command("contact", "edit", contact, "--remove-channel", key, "--json").json["Contacts"][0]

    assert [channel["Kind"] for channel in left["Channels"]] == ["dingtalk"]
    gone = command("contact", "edit", contact, "--remove-channel", key)
    assert (gone.code, "the contact has no channel" in gone.err) == (2, True)


def test_a_test_says_what_came_of_each_channel(command: Command, url: str, chats: Chats) -> None:
    chats.signed.add("dingtalk")
    well = command("contact", "test", str(add(command, f"dingtalk={url},secret={url}-sign")))
    badly = command("contact", "test", str(add(command, f"dingtalk={url}")))

    assert (well.code, len(chats.take())) == (0, 1)
    assert badly.code == 1
    assert "310000: sign not match" in badly.out
    assert TOKEN not in badly.out + badly.err


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("dingtalk", "a channel is KIND=VALUE"),
        ("icq=7", "a channel is KIND=VALUE"),
        ("slack=https://hooks.slack.com/services/T0/B0/the-token", "its URL is secret"),
        ("dingtalk=kms:a,secret=SEC123", "its secret is secret"),
        ("slack=kms:a,secret=kms:b", "its service signs nothing"),
        ("slack=kms:a b", "names have letters, digits"),
        ("slack=file:robot", "file:/the/whole/path"),
        ("email=ops", "it is no address"),
        ("email=kms:a", "it is no address"),
        ("slack=kms:a,to=b", "only a mailbox or a chat of Telegram has an address"),
        ("telegram=kms:a", "it names no chat"),
        ("telegram=kms:a,to=the chat", "it names no chat"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_without_repeating_it(
    command: Command, channel: str, told: str
) -> None:
    ran = command("contact", "add", "--name", "x", "--channel", channel)

    assert ran.code == 2
    assert told in ran.err
    assert "the-token" not in ran.err
    assert "SEC123" not in ran.err
    assert command("contact", "list", "--json").json == {"Contacts": []}


def test_ids_are_given_or_the_next_one(command: Command) -> None:
    first = add(command, "slack=kms:a")
    given = command("contact", "add", "--name", "x", "--channel", "slack=kms:a", "--id", "20001")
    taken = command("contact", "add", "--name", "x", "--channel", "slack=kms:a", "--id", "20001")

    assert (first, given.code, taken.code) == (1, 0, 2)
    assert add(command, "slack=kms:a") == 20002


def test_a_job_names_its_contacts(informed: Command) -> None:
    contact = str(add(informed, "slack=kms:a"))
    asked = ("job", "create", "--name", "x", "--certificate", str(SHOP + 2018), "--draft", "--json")
    unknown = informed(*asked, "--contact", "977")
    known = informed(*asked, "--contact", contact)

    assert (unknown.code, "there is no contact 977" in unknown.err) == (2, True)
    assert known.json["Job"]["ContactIds"] == [int(contact)]
    job, another = str(known.json["Job"]["JobId"]), str(add(informed, "slack=kms:b"))
    edited = informed("job", "edit", job, "--contact", another, "--json")
    assert edited.json["Job"]["ContactIds"] == [int(another)]


def test_removing_one_that_a_policy_names_says_so(command: Command, tmp_path: Path) -> None:
    ran = command("contact", "add", "--name", "edge", "--channel", "email=edge@example.com")
    assert ran.code == 0
    file = tmp_path / "policies.yaml"
    file.write_text("rules: [{name: edge, match: {product: CDN}, contacts: [1]}]")
    assert command("policy", "set", str(file)).code == 0

    ran = command("contact", "remove", "1")

    assert ran.code == 0
    assert "note: policy rule 1 (edge) names it still" in ran.err
    checked = command("policy", "check", str(file))
    assert (checked.code, "policy rule 1 (edge), contacts: there is no contact 1" in checked.err) == (2, True)
    another = command("contact", "add", "--name", "else", "--channel", "email=else@example.com")
    assert another.code == 0
    assert "note: policy rule 1 (edge) names this id" in another.err, "it is told in the place of the other"
