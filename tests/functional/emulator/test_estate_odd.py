"""Odd estate files: days that no calendar holds, half a character, no end of nesting."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.estate import EstateError, load_estate


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("[" * 1000, "nested too deeply"),
        ("a: " + "{a: " * 1000, "nested too deeply"),
        ("cdn: 2026-99-99", "not YAML or JSON: month must be in 1..12"),
        ('cdn: [{domain: "\\ud800.example.com"}]', "half a character"),
        ('certificates: {"\\ud800": {names: [example.com]}}', "half a character"),
        (
            "certificates: {a: {names: [example.com], days: .inf}}",
            "certificates.a.days: Input should be a finite",
        ),
        (
            "certificates: {a: {names: [example.com], days: .nan}}",
            "certificates.a.days: Input should be a finite",
        ),
        ("certificates: {a: {names: [example.com], days: 1e9}}", "less than or equal to 36525"),
        ("certificates: {a: {names: [example.com], age: -1e9}}", "greater than or equal to -36525"),
        ("certificates: &a {a: *a}", "certificates.a.names: is missing"),
    ],
)
def test_it_is_refused_in_a_sentence_that_names_the_file(tmp_path: Path, content: str, text: str) -> None:
    path = tmp_path / "estate.yaml"
    path.write_text(content)

    with pytest.raises(EstateError, match=str(path)) as caught:
        load_estate(path)
    assert text in str(caught.value)
