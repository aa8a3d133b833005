"""What the documents tell a newcomer to type, and where they point."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import emulator_actions

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def test_an_editable_package_is_not_installed_with_a_lock_that_has_hashes() -> None:
    """pip refuses that: no hash can be stated of a folder."""
    asked = [
        words
        for path in DOCUMENTS
        for line in path.read_text().splitlines()
        for words in re.split(r"&&|;", line)
        if "pip install" in words
    ]

    assert asked
    assert [words for words in asked if ".lock" in words and "-e ." in words] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_points_to_files_that_are_there(path: Path) -> None:
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text())]
    local = [target for target in targets if target and "://" not in target]

    assert [target for target in local if not (path.parent / target).exists()] == []


def test_no_two_decisions_have_the_same_number() -> None:
    numbers = [path.name[:2] for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]

    assert numbers == [f"{n:02}" for n in range(1, len(numbers) + 1)]


def test_the_table_of_emulated_actions_is_that_of_the_emulator() -> None:
    assert emulator_actions.TARGET.read_text() == emulator_actions.page()
