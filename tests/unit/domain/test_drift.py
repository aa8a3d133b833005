"""What counts as drift: by the row, and by what CAS has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.drift import has_drifted, heir
from shared.domain.resources import CloudProduct, CloudResource, Placed, ResourceRecord, SlotRole
from tests.worlds import NOW

END = NOW + timedelta(days=90)


def a_record(there: str = "1-cn-hangzhou", *, minutes: float = 60, **changes: Any) -> ResourceRecord:
    """Certificate 1 was put there, and seen so many minutes later."""
    placed = Placed(cert_identifier="1-cn-hangzhou", fingerprint="ab", not_after=END, job_id=7, at=NOW)
    resource = CloudResource(
        product=CloudProduct.CDN, resource_id="www.example.com", cert_identifier=there, **changes
    )
    return ResourceRecord(resource=resource, seen_at=NOW + timedelta(minutes=minutes), placed=placed)


def unknown(identifier: str) -> Certificate | None:
    return None


@pytest.mark.parametrize(
    ("record", "drifted"),
    [
        (a_record(), False),
        (a_record("2-cn-hangzhou"), True),
        (a_record(""), True),
        (a_record("2-cn-hangzhou").evolve(placed=None), False),
        (a_record("2-cn-hangzhou", minutes=14), False),
        (a_record("2-cn-hangzhou", minutes=15), True),
        (a_record("sha256:ab12", cert_not_after=END), False),
        (a_record("sha256:ab12", cert_not_after=END + timedelta(seconds=1)), True),
    ],
    ids=[
        "as it was put",
        "another",
        "taken off",
        "no job's",
        "a list may be late",
        "late enough",
        "deleted from CAS since",
        "unknown to CAS",
    ],
)
def test_what_has_drifted(record: ResourceRecord, drifted: bool) -> None:
    assert has_drifted(record, unknown) is drifted


def an_additional(number: int, *names: str, listener: str = "lsn-1") -> ResourceRecord:
    resource = CloudResource(
        product=CloudProduct.ALB,
        region="cn-hangzhou",
        resource_id=f"{listener}/additional/{number}",
        listener_id=listener,
        role=SlotRole.ADDITIONAL,
        domains=names,
    )
    return ResourceRecord(resource=resource, seen_at=NOW)


def test_the_heir_of_an_additional_slot_serves_one_of_its_names_on_its_listener_and_is_no_jobs() -> None:
    gone = an_additional(1, "a.example.com", "b.example.com")
    of_a_job = an_additional(2, "a.example.com").evolve(placed=Placed(job_id=8, at=NOW))
    other_names, elsewhere = (
        an_additional(3, "c.example.com"),
        an_additional(4, "a.example.com", listener="lsn-2"),
    )
    own = an_additional(5, "b.example.com")

    assert heir(gone, [of_a_job, other_names, elsewhere, own]) == own
    assert heir(gone, [of_a_job, other_names, elsewhere]) is None
