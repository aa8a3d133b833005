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
    ],
)
def test_a_pattern_matches_what_it_says(pattern: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, EVENT) is expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ({"source": "acs.oss"}, "pattern.source: must be an object"),
        (
            {"data": {"size": [{"between": [1, 2]}]}},
            "pattern.data.size: unknown operator 'between'",
        ),
        ({"source": [{"prefix": 5}]}, "prefix cannot take 5"),
        ({"source": [{"numeric": ["~", 5]}]}, "numeric cannot take"),
        ({"source": [{"numeric": [">"]}]}, "numeric cannot take"),
        ({"source": [{"cidr": "10.0.0.300/24"}]}, "cidr cannot take"),
        ({"source": [{"exists": "yes"}]}, "exists cannot take 'yes'"),
        ({"source": []}, "1 to 5 expressions"),
        ({"source": list("abcdef")}, "1 to 5 expressions"),
        ({"source": [["nested"]]}, "neither a value nor one operator"),
    ],
)
def test_what_is_no_pattern_is_refused_by_name(pattern: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError) as caught:
        matches(pattern, EVENT)
    assert reason in str(caught.value)
