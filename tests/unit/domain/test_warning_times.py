"""When a certificate is warned of: by its lifetime, or as the owner has set it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.certificates import Certificate
from shared.domain.warning_times import looked_at, looked_at_end, passed_time, warning_times
from tests.builders import NOW, a_certificate


def of_days(life: float, left: float = 0) -> Certificate:
    end = NOW + timedelta(days=left)
    return a_certificate(not_before=end - timedelta(days=life), not_after=end)


@pytest.mark.parametrize(
    ("life", "times"),
    [
        (398, (132.7, 66.3, 33.2, 1)),
        (200, (66.7, 33.3, 16.7, 1)),
        (90, (30, 15, 7.5, 1)),
        (47, (15.7, 7.8, 3.9, 1)),
        (6, (2, 1, 0.5)),
        (3, (1, 0.5, 0.2)),
        (2.9, (1, 0.5, 0.2)),
        (2, (0.7, 0.3, 0.2)),
        (1, (0.3, 0.2, 0.1)),
        (0.1, (0.03, 0.02, 0.008)),
    ],
)
def test_by_its_lifetime_it_is_a_third_a_sixth_a_twelfth_of_it_and_the_last_day(
    life: float, times: tuple[float, ...]
) -> None:
    assert warning_times(of_days(life), ()) == times


@pytest.mark.parametrize("life", [0.05, 0.5, 1, 2, 2.8, 6, 47, 398])
def test_nobody_is_alarmed_before_about_two_thirds_of_a_life(life: float) -> None:
    """Also of one that lives a day: it is renewed by then, if all is well."""
    first, *_ = warning_times(of_days(life), ())

    assert 0.3 * life <= first <= 0.41 * life, "it is rounded"


def test_days_that_no_calendar_holds_are_days_all_the_same() -> None:
    assert passed_time(of_days(90, 80), NOW, (1e12, 7)) == 1e12


def test_the_owner_s_days_are_taken_as_they_are_for_every_lifetime() -> None:
    assert warning_times(of_days(6), (1, 30, 7)) == warning_times(of_days(398), (30, 7, 1)) == (30, 7, 1)


@pytest.mark.parametrize(
    ("left", "passed"),
    [(31, None), (30, None), (29.99, 30), (15, 30), (14.99, 15), (7.49, 7.5), (0.99, 1), (-5, 1)],
)
def test_the_last_time_that_has_passed_counts(left: float, passed: float | None) -> None:
    assert passed_time(of_days(90, left), NOW, ()) == passed


@pytest.mark.parametrize(
    ("life", "days", "left", "time"),
    [
        (398, (), 7.1, 33.2),
        (398, (), 6.9, 7),
        (398, (), 0.9, 1),
        (90, (), 7.2, 7.5),
        (90, (), 6.9, 7),
        (45, (), 3.79, 3.8),
        (45, (), 3.7, 3.75),
        (47, (), 3.91, 7.8),
        (47, (), 3.89, 3.9),
        (398, (30,), 8, 30),
        (398, (30,), 6.9, 7),
        (398, (30,), 1.1, 7),
        (398, (30,), 0.9, 1),
        (398, (30,), -400, 1),
        (398, (30, 0.95), 0.97, 7),
        (398, (30, 0.5), 0.97, 1),
        (398, (30, 6.5), 6.9, 30),
        (398, (30, 3), 6.9, 7),
        (6, (), 0.49, 0.5),
        (90, (), 31, None),
    ],
)
def test_the_beginnings_of_the_last_days_and_the_last_day_count_unless_a_warning_time_is_near(
    life: float, days: tuple[float, ...], left: float, time: float | None
) -> None:
    """Some rules give way then: somebody has to look."""
    assert looked_at(of_days(life, left), NOW, days) == time


def test_of_one_that_cas_does_not_know_the_last_days_are_seven() -> None:
    def at(left: float, *days: float) -> float | None:
        return looked_at_end(NOW + timedelta(days=left), NOW, days)

    assert [at(7.2), at(6.9), at(0.9), at(31)] == [7.5, 7, 1, None]
    assert [at(8, 30), at(6.9, 30), at(2, 30, 6.9), at(0.9, 30)] == [30, 7, 6.9, 1]
