"""Titles of messages: what has ended is not said to end, whatever the days are rounded to."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.contacts import Language
from shared.services.compose import composed

MISSING, STRANGER = "certdeploy:Certificate:ReplacementMissing", "certdeploy:CloudResource:Expiring"


def title(type_: str, **said: Any) -> str:
    facts = {"CertIdentifier": "7-cn-hangzhou", "Name": "shop", "NotAfter": "2026-05-01T00:00:00+00:00"}
    body = {"Type": type_, **facts, "Slots": ["CDN/-/www.example.com"], **said}
    return composed([body], Language.EN).title


@pytest.mark.parametrize("type_", [MISSING, STRANGER])
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"DaysLeft": 12}, "ends in 12 days"),
        ({"DaysLeft": 1}, "ends in 1 day"),
        ({"DaysLeft": 0}, "ends within a day"),
        ({"DaysLeft": 0, "Ended": True}, "has ended"),
        ({"DaysLeft": -3, "Ended": True}, "has ended"),
        ({"DaysLeft": -1}, "has ended"),
    ],
    ids=str,
)
def test_a_title_tells_how_long_a_certificate_lasts_or_that_it_has_ended(
    type_: str, said: dict[str, Any], words: str
) -> None:
    """What version 0.1 has stored does not say whether it has ended."""
    assert title(type_, **said).removesuffix(", and nothing replaces it").endswith(words)
