"""What contacts read of a job in waves: that it waits for them, with the command; and why it halted."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.contacts import Language
from shared.domain.events import JobFinished, WaveEnded
from shared.services.compose import composed

LINE = {"Slot": "CDN/-/www.example.com", "Status": "success", "To": "7-cn-hangzhou", "Reason": ""}
BODY: dict[str, Any] = {"JobId": 7, "Name": "shop", "Workers": [LINE], "CertIdentifiers": ["7-cn-hangzhou"]}


def text_of(language: Language, **body: Any) -> str:
    text = composed([{**BODY, **body}], language)
    lines = [text.title]
    for section in text.sections:
        lines += [*section.head, *section.items, *section.foot]
    return "\n".join(lines)


@pytest.mark.parametrize("language", Language)
def test_a_wave_that_has_ended_is_told_with_the_command_that_lets_the_next_one_begin(
    language: Language,
) -> None:
    told = text_of(language, Type=WaveEnded.type, Wave=1, HeldCount=33)

    assert "certdeploy job continue 7 --wave 2" in told.splitlines()
    assert "33" in told
    assert "CDN/-/www.example.com" in told


@pytest.mark.parametrize("language", Language)
def test_a_job_that_halted_says_why_before_its_slots(language: Language) -> None:
    end = {"Type": JobFinished.type, "Status": "error", "SuccessCount": 0, "ErrorCount": 1}

    told = text_of(language, **end, Halted="1 of the 1 slots failed")

    assert told.index("1 of the 1 slots failed") < told.index("CDN/-/www.example.com")
    assert "1 of the 1 slots failed" not in text_of(language, **end)
