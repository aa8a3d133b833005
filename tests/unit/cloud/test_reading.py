"""What an answer of the cloud says, whatever it leaves out or writes otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from shared.cloud.reading import Fields, fields_of, parsed
from shared.errors import UnreadableAnswerError


def read(**fields: Any) -> Fields:
    return fields_of({"RequestId": "R-1", **fields}, "ListThings")


@pytest.mark.parametrize(
    "told", [None, "", [], {}, ...], ids=["null", "empty text", "empty", "object", "absent"]
)
def test_a_list_that_is_empty_may_be_told_in_any_way(told: Any) -> None:
    answer = read() if told is ... else read(Things=told)

    assert answer.rows("Things") == []
    assert answer.texts("Things") == []
    assert (read(Data={"Things": told}) if told is not ... else read(Data=None)).rows("Data", "Things") == []


@pytest.mark.parametrize(("told", "text"), [("a", "a"), (7, "7"), (None, ""), (..., "")])
def test_a_text_may_be_a_number_or_be_missing(told: Any, text: str) -> None:
    answer = read() if told is ... else read(Name=told)
    assert answer.text("Name") == text


@pytest.mark.parametrize(
    ("told", "number"), [(7, 7), ("7", 7), (" 7 ", 7), (None, None), ("", None), (..., None)]
)
def test_a_number_may_be_a_text_or_be_missing(told: Any, number: int | None) -> None:
    answer = read() if told is ... else read(Port=told)
    assert answer.number("Port") == number


@pytest.mark.parametrize(
    ("told", "flag"),
    [
        *[(yes, True) for yes in (True, "true", "True", "on", "ON", 1, "1")],
        *[(no, False) for no in (False, "false", "off", 0, "0", "")],
        *[(unknown, None) for unknown in (None, "perhaps", ...)],
    ],
)
def test_a_flag_may_be_a_word_or_a_number_and_an_unknown_word_says_nothing(
    told: Any, flag: bool | None
) -> None:
    answer = read() if told is ... else read(Enabled=told)
    assert answer.flag("Enabled") is flag


def test_a_text_that_stands_alone_is_a_list_of_one() -> None:
    assert read(Names="a").texts("Names") == ["a"]
    assert read(Names=["a", None, "", 7]).texts("Names") == ["a", "7"]


def test_what_is_needed_is_told_by_its_path_and_the_request() -> None:
    answer = read(Page={"Rows": [{"Name": "a"}, {"Title": "b"}]})
    first, second = answer.rows("Page", "Rows")

    assert first["Name"] == first.needed("Name") == "a"
    for ask in (lambda: second["Name"], lambda: second.needed("Name")):
        with pytest.raises(UnreadableAnswerError) as told:
            ask()
        assert str(told.value) == (
            "ListThings: UnreadableAnswer: Page.Rows.1.Name: it is missing (RequestId R-1)"
        )


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (lambda it: it.text("Odd"), "Odd"),
        (lambda it: it.number("Word"), "Word"),
        (lambda it: it.rows("Word"), "Word"),
        (lambda it: it.rows("Mixed"), "Mixed.1"),
        (lambda it: it.part("Word"), "Word"),
        (lambda it: it.rows("Word", "Rows"), "Word"),
        (lambda it: it.texts("Odd"), "Odd"),
    ],
)
def test_a_shape_that_nobody_understands_is_an_error_of_the_cloud(ask: Any, path: str) -> None:
    answer = read(Odd={"a": 1}, Word="seven", Mixed=[{}, 7])

    with pytest.raises(UnreadableAnswerError, match=rf"^ListThings: UnreadableAnswer: {path}: .*R-1"):
        ask(answer)


def test_it_can_be_read_as_a_plain_object_too() -> None:
    answer = read(Data={"Rows": [{"A": 1}]}, Odd=None)

    assert answer == {"RequestId": "R-1", "Data": {"Rows": [{"A": 1}]}, "Odd": None}
    assert answer.get("Other", 3) == 3
    assert {**answer.part("Data")} == {"Rows": [{"A": 1}]}


@pytest.mark.parametrize(
    "told", ["²", "٣", "1_0", "0x10", "7.0", "9" * 19, "-" + "9" * 19, "9" * 5000, 2**63, "+"]
)
def test_a_number_that_no_store_holds_is_none(told: Any) -> None:
    with pytest.raises(UnreadableAnswerError, match="Port: a number was expected"):
        read(Port=told).number("Port")
    with pytest.raises(UnreadableAnswerError, match="Ports: numbers were expected"):
        read(Ports=[told]).numbers("Ports")


def test_the_largest_numbers_are_read() -> None:
    assert read(Port=str(2**63 - 1)).number("Port") == 2**63 - 1
    assert read(Port=-(2**63)).number("Port") == -(2**63)


def test_half_a_character_is_replaced_wherever_it_stands() -> None:
    answer = read(Name="a\ud800b", Rows=[{"Names": ["\udfff", "ü"]}])
    assert answer.text("Name") == "a?b"
    assert answer.rows("Rows")[0].texts("Names") == ["?", "ü"]


@pytest.mark.parametrize("kind", ['{"a":', "["])
def test_an_answer_that_is_nested_without_end_is_an_error_of_the_cloud(kind: str) -> None:
    end = {"[": "]", '{"a":': "}"}[kind]
    with pytest.raises(ValueError, match="nested too deeply"):
        parsed('{"a":' + kind * 200_000 + "1" + end * 200_000 + "}")
    value: Any = 1
    for _ in range(5_000):
        value = [value] if kind == "[" else {"a": value}
    with pytest.raises(UnreadableAnswerError, match="it is nested too deeply") as error:
        read(a=value)
    assert len(str(error.value)) < 400
