"""Names, times and contacts, as people give them."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from shared.validation.contacts import contact_problems
from shared.validation.names import certificate_name_problems, is_chinese, job_name_problems
from shared.validation.schedules import schedule_problems

NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


def told(problems: Iterator[str]) -> str:
    return "; ".join(problems)


@pytest.mark.parametrize("name", ["www-2026", "a b", "n" * 63, "bücher"])
def test_a_good_name_is_taken(name: str) -> None:
    assert told(certificate_name_problems(name)) == ""


EMPTY, EDGES = "it is empty; enter a name", "it begins or ends with a space; remove it"
CONTROL = "it contains control characters or line breaks; remove them"
CHINESE = "it contains Chinese characters, and CAS does not deploy such certificates; use Latin letters"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", EMPTY),
        ("  ", EMPTY),
        (" a", EDGES),
        ("a ", EDGES),
        ("n" * 64, "it has 64 characters; use at most 63"),
        ("a\nb", CONTROL),
        ("\u202ea", CONTROL),
        ("证书", CHINESE),
        ("cert（1）", CHINESE),
    ],
)
def test_a_bad_certificate_name_is_refused(name: str, message: str) -> None:
    assert told(certificate_name_problems(name)) == message


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0x2E80, 0x2FDF),  # radicals
        (0x3000, 0x303F),  # punctuation
        (0x3400, 0x4DBF),  # extension A
        (0x4E00, 0x9FFF),  # unified ideographs
        (0xF900, 0xFAFF),  # compatibility ideographs
        (0xFF00, 0xFFEF),  # full-width forms
        (0x20000, 0x3FFFF),  # the planes of the other extensions
    ],
    ids=hex,
)
def test_what_is_chinese_begins_and_ends_with_its_blocks(first: int, last: int) -> None:
    assert is_chinese(chr(first))
    assert is_chinese(chr(last))
    assert not is_chinese(chr(first - 1))
    assert not is_chinese(chr(last + 1))


def test_a_job_may_have_a_chinese_name() -> None:
    assert told(job_name_problems("续期")) == ""


def test_all_that_is_wrong_with_a_name_is_told() -> None:
    long = "it has 65 characters; use at most 63"
    assert told(certificate_name_problems(" 证\n" + "书" * 62)) == "; ".join([EDGES, long, CONTROL, CHINESE])


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(days=365)])
def test_a_time_ahead_is_taken(ahead: timedelta) -> None:
    assert told(schedule_problems(NOW + ahead, NOW)) == ""


def test_times_compare_across_zones() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert "in the past" in told(schedule_problems(datetime(2026, 5, 1, 19, tzinfo=shanghai), NOW))
    assert told(schedule_problems(datetime(2026, 5, 1, 21, tzinfo=shanghai), NOW)) == ""


@pytest.mark.parametrize(
    ("time", "message"),
    [
        (datetime(2026, 6, 1), "it has no time zone; add one, as in 2026-05-01T02:00:00+08:00"),
        (
            NOW,
            "it is in the past (it is now 2026-05-01 12:00 UTC);"
            " choose a later time, or leave it out to run at once",
        ),
        (NOW + timedelta(days=365, seconds=1), "it is more than 365 days ahead; choose an earlier time"),
    ],
)
def test_a_time_that_no_job_can_have_is_refused(time: datetime, message: str) -> None:
    assert told(schedule_problems(time, NOW)) == message


def test_ten_contacts_are_taken() -> None:
    assert told(contact_problems(range(10))) == ""


def test_eleven_contacts_are_too_many() -> None:
    assert told(contact_problems(range(11))) == "there are 11 contacts; name at most 10"
    assert told(contact_problems([9, 7, 9, 7])) == "7, 9 listed twice; name each once"


def test_too_many_contacts_and_the_ones_given_twice_are_told_together() -> None:
    assert told(contact_problems([*range(10), 3, 2])) == (
        "there are 12 contacts; name at most 10; 2, 3 listed twice; name each once"
    )
