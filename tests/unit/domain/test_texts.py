"""Messages for people: as long as there is room for, and the same in each language."""

from __future__ import annotations

import string

import pytest

from shared.domain.contacts import Language
from shared.domain.texts import Section, Text
from shared.domain.wording import TEXTS

SECTION = Section(("Slots:",), tuple(f"slot {n}" for n in range(600)), ("certdeploy scan",), 7)
TEXT = Text("title", (SECTION, SECTION), "… and {count} more")


def at_most(characters: int, text: Text = TEXT) -> list[str]:
    said = text.within(lambda one: len(one) <= characters)
    assert len(said) <= characters
    return said.splitlines()


def test_what_has_room_is_said_as_a_whole_but_for_very_many() -> None:
    few = Text("title", (Section(("head",), ("a", "b"), ("foot",)),), "… and {count} more")

    assert at_most(1000, few) == ["title", "", "head", "a", "b", "foot"]
    assert at_most(100_000)[2:4] == ["Slots:", "slot 0"]
    assert "… and 107 more" in at_most(100_000), "600 + 7 - 500"


def block(named: int) -> list[str]:
    slots = [f"slot {n}" for n in range(named)]
    return ["Slots:", *slots, f"… and {607 - named} more", "certdeploy scan"]


@pytest.mark.parametrize(("named", "fewer"), [(100, 40), (10, 5), (3, 1), (1, 0)])
def test_of_too_many_slots_the_first_are_named_and_the_rest_is_counted(named: int, fewer: int) -> None:
    whole = ["title", "", *block(named), "", *block(named)]
    room = len("\n".join(whole))

    assert at_most(room) == whole
    assert at_most(room - 1) == ["title", "", *block(fewer), "", *block(fewer)]


def test_sections_that_have_no_room_are_counted() -> None:
    assert at_most(80) == ["title", "", *block(0), "", "… and 1 more"]


@pytest.mark.parametrize("room", [1, 2, 10, 40])
def test_in_no_room_at_all_the_beginning_is_said(room: int) -> None:
    said = TEXT.within(lambda one: len(one) <= room)

    assert said == f"{'title'[: room - 1]}…" if room < 6 else said.startswith("title")
    assert len(said) == room


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", Language)
def test_each_language_says_the_same(language: Language) -> None:
    english = {name: fields(text) for name, text in TEXTS[Language.EN].items()}

    assert {name: fields(text) for name, text in TEXTS[language].items()} == english
    assert all(text.isprintable() and text == text.strip() for text in TEXTS[language].values())
