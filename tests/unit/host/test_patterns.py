"""EventBridge's patterns: each operator, for and against."""

from typing import Any

import pytest

from host.errors import PatternError
from host.patterns import matches

EVENT: dict[str, Any] = {
    "source": "acs.oss",
    "type": "oss:ObjectCreated:PutObject",
    "subject": "",
    "data": {
        "size": 5,
        "name": "a.jpg",
        "ip": "10.0.0.7",
        "ip6": "2001:db8::7",
        "none": None,
        "flag": True,
        "tags": ["red", "blue"],
    },
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({}, True),
        ({"source": ["acs.oss"]}, True),
        ({"source": ["acs.slb", "acs.oss"]}, True),
        ({"source": ["ACS.OSS"]}, False),
        ({"source": ["acs.oss"], "type": ["other"]}, False),
        ({"source": [{"prefix": "acs."}]}, True),
        ({"source": [{"prefix": "oss"}]}, False),
        ({"data": {"name": [{"suffix": ".jpg"}]}}, True),
        ({"data": {"name": [{"suffix": ".png"}]}}, False),
        ({"type": [{"contains": "Created"}]}, True),
        ({"type": [{"contains": "Deleted"}]}, False),
        ({"source": [{"anything-but": "acs.slb"}]}, True),
        ({"source": [{"anything-but": ["acs.slb", "acs.oss"]}]}, False),
        ({"data": {"size": [{"anything-but": 5}]}}, False),
        ({"source": [{"anything-but": {"prefix": "acs."}}]}, False),
        ({"missing": [{"anything-but": "x"}]}, False),
        ({"data": {"size": [{"numeric": [">", 0, "<=", 5]}]}}, True),
        ({"data": {"size": [{"numeric": [">", 5]}]}}, False),
        ({"data": {"name": [{"numeric": [">", 5]}]}}, False),
        ({"data": {"flag": [{"numeric": ["=", 1]}]}}, False),
        ({"data": {"ip": [{"cidr": "10.0.0.0/24"}]}}, True),
        ({"data": {"ip": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"data": {"name": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"data": {"size": [{"exists": True}]}}, True),
        ({"data": {"colour": [{"exists": False}]}}, True),
        ({"data": {"size": [{"exists": False}]}}, False),
        ({"other": {"deep": [{"exists": False}]}}, True),
        ({"data": {"none": [None]}}, True),
        ({"data": {"colour": [None]}}, False),
        ({"subject": [""]}, True),
        ({"source": [""]}, False),
        ({"data": {"flag": [True]}}, True),
        ({"data": {"flag": [1]}}, False),
        ({"data": {"tags": ["blue"]}}, True),
        ({"data": {"tags": ["green"]}}, False),
        ({"source": {"deeper": ["x"]}}, False),
        ({"source": {"deeper": [{"exists": False}]}}, True),
        ({"source": ["acs.oss"], "data": {"size": [6]}}, False),
        ({"data": {"size": [5, 6], "name": ["a.jpg"]}}, True),
        ({"data": {"size": [5], "name": ["b.jpg"]}}, False),
        ({"data": {"size": ["5"]}}, False),
        ({"data": {"size": [5.0]}}, True),
        ({"data": {"flag": [False]}}, False),
        ({"data": {"none": [""]}}, False),
        ({"data": {"none": [{"exists": True}]}}, True),
        ({"data": {"none": [{"anything-but": "x"}]}}, True),
        ({"data": {"size": [{"prefix": "5"}]}}, False),
        ({"source": [{"prefix": "acs.oss"}]}, True),
        ({"source": [{"prefix": "acs.slb"}, {"suffix": "oss"}]}, True),
        ({"source": [{"suffix": "acs."}]}, False),
        ({"subject": [{"prefix": ""}]}, True),
        ({"type": [{"contains": "oss:"}]}, True),
        ({"data": {"tags": [{"prefix": "bl"}]}}, True),
        ({"data": {"tags": [{"prefix": "gr"}]}}, False),
        ({"data": {"tags": [{"anything-but": ["red", "blue"]}]}}, False),
        ({"data": {"tags": [{"exists": True}]}}, True),
        ({"source": [{"anything-but": {"prefix": "oss"}}]}, True),
        ({"source": [{"anything-but": "acs.oss"}]}, False),
        ({"source": [{"anything-but": ["acs.slb", {"prefix": "acs.e"}]}]}, True),
        ({"data": {"size": [{"anything-but": [4, 6]}]}}, True),
        ({"data": {"size": [{"exists": True}]}, "source": [{"exists": False}]}, False),
        ({"data": {"ip": [{"cidr": "10.0.0.9/24"}]}}, True),
        ({"data": {"ip": [{"cidr": "10.0.0.7"}]}}, True),
        ({"data": {"ip": [{"cidr": "10.0.0.8"}]}}, False),
        ({"data": {"ip": [{"cidr": "::/0"}]}}, False),
        ({"data": {"ip6": [{"cidr": "2001:db8::/32"}]}}, True),
        ({"data": {"size": [{"cidr": "0.0.0.0/0"}]}}, False),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, EVENT) is expected


@pytest.mark.parametrize(
    ("comparison", "below", "equal", "above"),
    [
        (["=", 5], False, True, False),
        ([">", 5], False, False, True),
        ([">=", 5], False, True, True),
        (["<", 5], True, False, False),
        (["<=", 5], True, True, False),
        ([">=", 5, "<", 5.5], False, True, False),
        (["<", 5.5, ">", 4.5], False, True, False),
    ],
)
def test_a_comparison_ends_where_it_says(
    comparison: list[Any], below: bool, equal: bool, above: bool
) -> None:
    pattern = {"size": [{"numeric": comparison}]}
    assert [matches(pattern, {"size": size}) for size in (4.5, 5, 5.5)] == [below, equal, above]


@pytest.mark.parametrize("count", [1, 5])
def test_a_field_takes_five_expressions(count: int) -> None:
    assert matches({"source": ["x", "y", "z", "w", "acs.oss"][-count:]}, EVENT)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ({"source": "acs.oss"}, "pattern.source: must be an object"),
        (
            {"data": {"size": [{"between": [1, 2]}]}},
            "pattern.data.size: unknown operator 'between'",
        ),
        ({"source": [{"after": "x"}]}, "pattern.source: unknown operator 'after'"),
        ({"source": [{"within": "x"}]}, "pattern.source: unknown operator 'within'"),
        ({"source": [{"prefix": 5}]}, "prefix does not accept 5"),
        ({"source": [{"numeric": ["~", 5]}]}, "numeric does not accept"),
        ({"source": [{"numeric": [">"]}]}, "numeric does not accept"),
        ({"source": [{"cidr": "10.0.0.300/24"}]}, "cidr does not accept"),
        ({"source": [{"exists": "yes"}]}, "exists does not accept 'yes'"),
        ({"source": []}, "1 to 5 expressions"),
        ({"source": list("abcdef")}, "1 to 5 expressions"),
        ({"source": [["nested"]]}, "neither a value nor one operator"),
        ("acs.oss", "pattern: must be an object, found 'acs.oss'"),
        ({"data": {"name": None}}, "pattern.data.name: must be an object, found None"),
        ({"source": [{}]}, "pattern.source: {} is neither a value nor one operator"),
        ({"source": [{"prefix": "a", "suffix": "b"}]}, "neither a value nor one operator"),
        ({"source": ["x", {"suffix": 5}]}, "suffix does not accept 5"),
        ({"source": [{"contains": None}]}, "contains does not accept None"),
        ({"source": [{"exists": 1}]}, "exists does not accept 1"),
        ({"source": [{"numeric": 5}]}, "numeric does not accept 5"),
        ({"source": [{"numeric": []}]}, "numeric does not accept []"),
        ({"source": [{"numeric": ["=", 1, "=", 2, "=", 3]}]}, "numeric does not accept"),
        ({"source": [{"numeric": [">", 1, "<"]}]}, "numeric does not accept"),
        ({"source": [{"numeric": [">", "5"]}]}, "numeric does not accept"),
        ({"source": [{"numeric": ["=", True]}]}, "numeric does not accept"),
        ({"source": [{"numeric": [">", 1, "~", 2]}]}, "numeric does not accept"),
        ({"source": [{"numeric": [">", 1, "<", "2"]}]}, "numeric does not accept"),
        ({"source": [{"cidr": 5}]}, "cidr does not accept 5"),
        ({"source": [{"anything-but": {"suffix": "x"}}]}, "anything-but does not accept {'suffix': 'x'}"),
        ({"source": [{"anything-but": {"prefix": 5}}]}, "pattern.source: prefix does not accept 5"),
        ({"source": [{"anything-but": ["x", ["y"]]}]}, "['y'] is neither a value nor one operator"),
    ],
)
def test_what_is_no_pattern_is_refused_by_name(pattern: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError) as caught:
        matches(pattern, EVENT)
    assert reason in str(caught.value)
