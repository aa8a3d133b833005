"""`certdeploy policy`: all that is wrong is told at once; what it would do is shown before it is stored."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.functional.cli.conftest import Command

DOCS = Path(__file__).parents[3] / "docs"
TEXT = """\
# who may do what
defaults: {deploy: draft}
rules:
  - name: by hand
    match: {domain: "*.example.com", product: cdn}
    deploy: off          # the lab
  - match: {domain: "plain.example.com"}
    deploy: deploy
    pin: {issuer: "Elsewhere"}
    first_deployment: yes
  - match: {certificate: renewd}
    pin: {certificate: 4711}
  - match: {region: cn-hangzhuo, product: OSS}
    accept_outage: yes
  - match: {certificate: shop}
    warning_days: 5
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "policies.yaml"
    made.write_text(TEXT, encoding="utf-8")
    return made


def test_a_check_shows_what_it_would_do_and_what_is_likely_a_typing_error_and_stores_nothing(
    informed: Command, file: Path
) -> None:
    ran = informed("policy", "check", str(file))

    assert ran.code == 0
    assert "4 slots: 2 off, 1 draft, 1 pinned, 1 first deployment, 0 outage accepted" in ran.out
    assert ran.err.splitlines() == [
        "note: policy rule 3 matches no slot: there is no certificate renewd, did you mean renewed?",
        "note: policy rule 4 matches no slot: there is no region cn-hangzhuo, did you mean cn-hangzhou?",
        "note: policy rule 2 pins to certificates of Elsewhere, of which CAS has none",
        "note: policy rule 3 pins to the certificate 4711, which CAS does not have",
    ]
    assert "no policies are stored" in informed("policy", "show").err


def test_a_check_as_json_lists_every_slot_and_every_rule(informed: Command, file: Path) -> None:
    effects = informed("policy", "check", str(file), "--json").json

    assert [(one["Slots"], one["Certificates"]) for one in effects["Rules"]] == [
        (3, 0), (1, 0), (0, 0), (0, 0), (2, 1),
    ]  # fmt: skip
    by_rule_1 = [one for one in effects["SetApart"] if one["By"] == "policy rule 1 (by hand)"]
    assert {one["Slot"]: one["What"] for one in by_rule_1} == {
        "CDN/-/www.example.com": "off",
        "CDN/-/bücher.example.com": "off",
    }
    assert {"Slot": "OSS/-/files/f.example.net", "What": "draft", "By": "the default policy"} in effects[
        "SetApart"
    ]


def test_what_is_set_is_shown_as_it_was_written(informed: Command, file: Path) -> None:
    done = informed("policy", "set", str(file))

    assert done.code == 0
    assert "2 off, 1 draft" in done.out
    shown = informed("policy", "show")
    assert shown.out == TEXT
    version = version_of(shown.err)
    assert done.err.splitlines()[-1] == f"stored as version {version}; the next automatic plan keeps to it"
    assert informed("policy", "show", "--json").json["Text"] == TEXT


def test_everything_that_is_wrong_is_told_in_one_message_and_nothing_is_stored(
    informed: Command, file: Path
) -> None:
    informed("policy", "set", str(file))
    file.write_text("rules: [{match: {domian: a.com}, deploy: of}, {match: {product: CDNN}, pin: {}}]")

    for command in ("check", "set"):
        ran = informed("policy", command, str(file))
        assert (ran.code, ran.out) == (2, "")
        (message,) = ran.err.splitlines()
        for told in (
            "rule 1, match.domian: unknown, did you mean domain?",
            "rule 1, deploy: 'of' is unknown, did you mean off?",
            "rule 2, match.product.1: 'CDNN' is unknown, did you mean CDN?",
            "rule 2, pin: names one of issuer and certificate",
        ):
            assert told in message
    assert informed("policy", "show").out == TEXT


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "No such file or directory"), (b"\xff\xfe", "is not text in UTF-8"), (b"a: [", "not YAML")],
)
def test_a_file_that_is_none_is_refused(
    informed: Command, tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "some.yaml"
    if content is not None:
        file.write_bytes(content)

    ran = informed("policy", "set", str(file))

    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert told in ran.err


def test_policies_that_another_person_has_set_meanwhile_are_not_replaced(
    informed: Command, file: Path
) -> None:
    informed("policy", "set", str(file))
    version = version_of(informed("policy", "show").err)
    first = informed("policy", "set", str(file), "--if-version", version)
    second = informed("policy", "set", str(file), "--if-version", version)

    assert (first.code, second.code) == (0, 5)
    assert "changed by another writer" in second.err
    assert f"stored as version {version_of(informed('policy', 'show').err)};" in first.err


def version_of(told: str) -> str:
    """As `policy show` tells it."""
    (version,) = re.findall(r"^version (\d+), set ", told)
    return str(version)


def test_tables_fit_a_terminal_of_80_columns(
    informed: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = informed("policy", "check", str(file))

    assert max(map(len, ran.out.splitlines())) <= 80
    assert "first deployment" in " ".join(ran.out.split())


def test_the_sample_is_valid_and_sets_every_setting(informed: Command) -> None:
    ran = informed("policy", "check", str(DOCS / "policies.yaml"), "--json")

    said = " ".join(one["Sets"] for one in ran.json["Rules"])
    assert ran.code == 0
    for setting in ("deploy:", "pin:", "warning_days:", "accept_outage:", "first_deployment:"):
        assert setting in said


@pytest.mark.parametrize(
    ("row", "code", "told"),
    [
        ('{"Text": "defaults: {deploi: off}", "SetAt": "2026-01-01T00:00:00Z"}', 0, "deploi: unknown"),
        ('{"Words": "rules: []"}', 2, "the stored row is damaged"),
    ],
)
def test_what_is_stored_and_cannot_be_read_is_told_and_can_be_replaced(
    informed: Command, file: Path, tmp_path: Path, row: str, code: int, told: str
) -> None:
    informed("policy", "set", str(file))
    with closing(sqlite3.connect(tmp_path / "state.db")) as state, state:
        state.execute("UPDATE policies SET document = ?", (row,))

    shown = informed("policy", "show")
    job = informed("job", "preview", "--certificate", "10743322")

    assert shown.code == code
    assert told in shown.err
    assert "a policy that cannot be read says off" in " ".join(job.out.split())
    assert informed("policy", "set", str(file)).code == 0
    assert informed("policy", "show").out == TEXT
