"""The line of renewals: same names, same kind of key, in the order of their ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.renewals import Line, line_of
from tests.builders import NOW, a_certificate

NAMES = ("example.com", "*.example.com")


def ending(cert_id: int, days: float, **changes: Any) -> Certificate:
    start = {"not_before": NOW - timedelta(days=400)}
    given: dict[str, Any] = {"names": NAMES, **start, **changes}
    return a_certificate(cert_id, not_after=NOW + timedelta(days=days), **given)


ITSELF = ending(5, 50)


def ids(line: Line) -> tuple[list[int], list[int]]:
    return [one.cert_id for one in line.before], [one.cert_id for one in line.after]


def test_those_before_and_after_are_told_the_nearest_first() -> None:
    known = [ITSELF, ending(1, -40), ending(2, 10), ending(8, 90), ending(7, 140)]

    assert ids(line_of(ITSELF, known)) == ([2, 1], [8, 7])


def test_the_order_of_names_and_who_has_issued_it_do_not_matter() -> None:
    bought = ending(2, 10, names=NAMES[::-1], source=CertificateSource.BUY, issuer="Another CA")

    assert ids(line_of(ITSELF, [bought, ITSELF])) == ([2], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"names": ("example.com",)},
        {"names": (*NAMES, "example.org")},
        {"algorithm": "ECC"},
        {"account": "2000000000000002"},
        {"other_names": ("192.0.2.1",)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_for_other_names_or_of_another_kind_or_account_is_not_of_the_line(
    changes: dict[str, Any],
) -> None:
    assert ids(line_of(ITSELF, [ITSELF, ending(2, 10, **changes), ending(8, 90, **changes)])) == ([], [])


def test_a_copy_in_another_store_is_no_renewal_and_one_that_was_reissued_with_the_end_is_by_its_start() -> (
    None
):
    copy = ending(6, 50, store="ap-southeast-1")
    sooner, later = (ending(one, 50, not_before=NOW - timedelta(days=ago)) for one, ago in ((3, 401), (4, 9)))

    assert ids(line_of(ITSELF, [copy, later, ITSELF, sooner])) == ([3], [4])


def test_certificates_for_no_names_at_all_are_no_renewals_of_one_another() -> None:
    assert ids(line_of(ending(5, 50, names=()), [ending(2, 10, names=())])) == ([], [])
    of_addresses = [ending(one, one, names=(), other_names=("192.0.2.1",)) for one in (2, 5)]
    assert ids(line_of(of_addresses[1], of_addresses)) == ([2], [])
