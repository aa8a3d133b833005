"""Text of others: what steers a terminal or hides in a line is written out, and nothing else is changed."""

import json
import sys

import pytest

from shared.domain.visible import visible, visible_in

STEERING = {
    "escape": "\x1b[2J\x1b[31m",
    "one-byte escape": "\x9b31m",
    "bell": "\x07",
    "backspace": "abc\x08\x08\x08xyz",
    "carriage return": "error\rsuccess",
    "null": "a\0b",
    "delete": "\x7f",
    "bidi override": "\u202egpj.exe",
    "bidi isolate": "\u2066a\u2069",
    "zero width space": "a\u200bb",
    "soft hyphen": "a\u00adb",
    "byte order mark": "\ufeffa",
    "line separator": "a\u2028b",
    "tag": "a\U000e0041",
    "private use": "\ue000",
    "no character": "\uffff",
    "lone surrogate": "\ud800",
}


@pytest.mark.parametrize("text", STEERING.values(), ids=STEERING)
def test_what_steers_or_hides_is_written_out_and_can_be_printed(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert "\\u" in shown
    shown.encode()
    assert visible(shown) == shown
    assert json.loads(f'"{shown}"') == text, "nothing is lost"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "plain",
            "bücher.example",
            "例え",
            "аpple.com",
            "a … b → c ✓",
            "[…] \\u001b",
            "🔒",
            "👩\u200d🔧",
        ),
        *("نامه\u200cای", "a\u00a0b", "全角\u3000空白", "e\u0301", "❤\ufe0f"),
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text


def test_line_breaks_stay_where_they_may() -> None:
    assert visible("a\nb\tc") == "a\\u000ab\\u0009c"
    assert visible("a\nb\tc", keep="\n") == "a\nb\\u0009c"


def test_no_character_of_unicode_gets_through_that_is_not_printable() -> None:
    every = "".join(map(chr, range(0, sys.maxunicode, 7)))
    left = {char for char in visible(every) if not char.isprintable()}
    assert all(char.isspace() or char in "\u200c\u200d" for char in left)
    assert not left & set("\n\r\t\v\f\x1b\x85\u2028\u2029")


def test_json_reads_the_same() -> None:
    value = {"a": list(STEERING.values()), "b": "x"}
    text = visible(json.dumps(value, ensure_ascii=False, indent=2), keep="\n")
    assert json.loads(text) == value


def test_values_within_values_are_written_out() -> None:
    assert visible_in({"a": ["\x1b[0m", ("\r", 7, None, True)], "b": {"c": "x\ny"}}) == {
        "a": ["\\u001b[0m", ["\\u000d", 7, None, True]],
        "b": {"c": "x\ny"},
    }
