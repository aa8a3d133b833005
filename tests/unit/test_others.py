"""What an answer tells beside the compared settings: a digest of each, told by name where it differs."""

from __future__ import annotations

from typing import Any

import pytest

from shared.cloud.reading import Fields
from shared.products.kit.others import differing, others

SECRET = "a-header-that-the-origin-knows"


def told(**fields: Any) -> dict[str, str]:
    return others(Fields(fields), ("Gzip",), ("CertificateId",))


def test_fields_that_are_known_and_those_of_the_call_are_left_out_and_no_value_is_kept() -> None:
    found = told(Gzip="on", CertificateId="7", RequestId="R", gmtModified=5, Header=SECRET, Tags=[SECRET])

    assert found.keys() == {"Header", "Tags"}
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"Count": 1}, {"Count": 2}, ("Count",)),
        ({"Count": 1, "Same": 1}, {"Same": 1}, ("Count",)),
        ({"Same": 1}, {"Same": 1, "New": {"a": 1}}, ("New",)),
        ({"Part": {"a": [1, {"b": 2}]}, "B": 1}, {"Part": {"a": [1, {"b": 3}]}, "B": 2}, ("B", "Part")),
        ({"Rules": [{"a": 1}, {"a": 2}]}, {"Rules": [{"a": 2}, {"a": 1}]}, ()),
        ({"Same": 1, "Tags": None}, {"Same": 1, "Tags": []}, ()),
        ({"Same": 1, "Tags": ""}, {"Same": 1}, ()),
        ({"Same": 1, "On": False}, {"Same": 1}, ("On",)),
        ({"Count": 1}, {}, ("Count",)),
        ({}, {"Count": 1}, ("Count",)),
    ],
    ids=repr,
)
def test_what_differs_is_told_by_name(
    before: dict[str, Any], after: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert differing(told(**before), told(**after)) == names


def test_where_nothing_was_seen_before_or_after_nothing_is_told() -> None:
    assert differing(None, told(Count=1)) == differing(told(Count=1), None) == ()


def test_of_a_part_the_names_are_told_with_its_own() -> None:
    assert others(Fields({"Odd": 1, "On": 1}), ("On",), under="Listen.").keys() == {"Listen.Odd"}
