"""What others wrote is printed without what steers the terminal, by every way in which the command prints."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from rich.text import Text

from cli import columns, output
from tests.functional.cli.conftest import Command

SHOWN = r"a\u001b[2J\u001b]0;x\u009b31mb\u202ec\ud800e\u0000"
HOSTILE = "a\x1b[2J\x1b]0;x\x9b31mb\u202ec\ud800e\x00\x07\u2028\rsuccess"


def a_table(*cells: str | Text) -> None:
    table = output.table("A", "B", title="t")
    output.row(table, *cells)
    output.show(table)


WAYS: dict[str, Callable[[], object]] = {
    "a message": lambda: output.tell(HOSTILE),
    "a sentence": lambda: output.console().print(Text(HOSTILE)),
    "a styled one": lambda: output.console(stderr=True).print(Text(HOSTILE, "red"), soft_wrap=True),
    "a cell": lambda: a_table(HOSTILE, "b"),
    "a styled cell": lambda: a_table("a", Text(HOSTILE, "red")),
    "a title": lambda: output.show(output.table("A", title=HOSTILE)),
    "JSON": lambda: output.show_json({"Reason": [HOSTILE]}),
    "CSV": lambda: columns.write_csv([columns.Column("a", "A", str)], [HOSTILE]),
}


@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_text_of_others_steers_no_terminal(
    way: str, colours: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    if colours:
        monkeypatch.setenv("FORCE_COLOR", "1")
    WAYS[way]()
    captured = capsys.readouterr()
    printed = captured.out + captured.err

    assert SHOWN in printed
    for char in HOSTILE:
        assert char.isprintable() or char == "\x1b" or char not in printed, f"{char!r}"
    assert "\x1b[2J" not in printed
    assert "\x1b]" not in printed


def test_json_holds_the_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_json({"Reason": HOSTILE})
    assert json.loads(capsys.readouterr().out) == {"Reason": HOSTILE}


def test_an_argument_of_a_person_steers_nothing_either(informed: Command) -> None:
    ran = informed("resource", "show", "CDN/-/\x1b[31mx")
    assert ran.code == 5
    assert "\x1b" not in ran.err
    assert r"\u001b[31mx" in ran.err
