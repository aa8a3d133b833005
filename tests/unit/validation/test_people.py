"""Names, times, contacts and webhooks, as people give them."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from shared.validation.contacts import contact_problems, webhook_problems
from shared.validation.names import certificate_name_problems, job_name_problems
from shared.validation.schedules import schedule_problems

NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


def told(problems: Iterator[str]) -> str:
    return "; ".join(problems)


@pytest.mark.parametrize("name", ["www-2026", "a b", "n" * 63, "bücher"])
def test_a_good_name_is_taken(name: str) -> None:
    assert told(certificate_name_problems(name)) == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "it is empty; give a name"),
        ("  ", "it is empty; give a name"),
        (" a", "it begins or ends with a space; remove it"),
        ("n" * 64, "it has 64 characters; use at most 63"),
        ("a\nb", "it has control characters or line ends; remove them"),
        ("证书", "it has Chinese characters"),
        ("cert（1）", "it has Chinese characters"),
        ("\U00020000", "it has Chinese characters"),
    ],
)
def test_a_bad_certificate_name_is_refused(name: str, message: str) -> None:
    assert told(certificate_name_problems(name)).startswith(message)


def test_a_job_may_have_a_chinese_name() -> None:
    assert told(job_name_problems("续期")) == ""


def test_all_that_is_wrong_with_a_name_is_told() -> None:
    assert told(certificate_name_problems(" 证" + "书" * 63)).count(";") == 5


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
        (datetime(2026, 6, 1), "it has no time zone"),
        (NOW, "it is in the past (now it is 2026-05-01 12:00 by UTC)"),
        (NOW + timedelta(days=365, seconds=1), "it is more than 365 days ahead"),
    ],
)
def test_a_time_that_no_job_can_have_is_refused(time: datetime, message: str) -> None:
    assert told(schedule_problems(time, NOW)).startswith(message)


def test_ten_contacts_are_taken() -> None:
    assert told(contact_problems(range(10))) == ""


def test_too_many_contacts_and_the_ones_given_twice_are_told_together() -> None:
    assert told(contact_problems([*range(10), 3, 2])) == (
        "there are 12 contacts; name at most 10; 2, 3 listed twice; name each once"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/a?key=t0ken",
        "http://127.0.0.1:8080/",
        "http://127.8.9.1",
        "http://[::1]:9/",
        "http://localhost:1",
        "https://10.0.0.1/",
    ],
)
def test_a_webhook_is_encrypted_or_on_this_machine(url: str) -> None:
    assert told(webhook_problems(url)) == ""


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://hooks.example.com/t0ken", "not encrypted"),
        ("http://10.0.0.1/t0ken", "not encrypted"),
        ("http://localhost.example.com/t0ken", "not encrypted"),
        ("http://127.0.0.1.example.com/t0ken", "not encrypted"),
        ("ftp://example.com/t0ken", "no web address"),
        ("hooks.example.com/t0ken", "no web address"),
        ("https:///t0ken", "no web address"),
        ("https://example.com:t0ken/", "no URL"),
        ("https://[t0ken/", "no URL"),
        ("https://me:t0ken@example.com/", "user name or password"),
        ("https://example.com/t0ken\n", "spaces or line ends"),
        ("https://example.com/#t0ken", "after #"),
    ],
)
def test_a_bad_webhook_is_refused_without_its_token(url: str, message: str) -> None:
    text = told(webhook_problems(url))
    assert message in text
    assert "t0ken" not in text
