"""What may be deleted: nothing that a slot or a job could still need, whatever the estate is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.disused import Uses, successors, why_kept
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import Placed, ResourceRecord
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.trust import standing_of
from tests.builders import NOW, a_certificate, a_job, a_resource, a_worker

GRACE = timedelta(days=30)
IDS = range(1, 7)


def certificates(draw: st.DrawFn) -> list[Certificate]:
    return [
        a_certificate(
            cert_id=number,
            names=draw(st.sampled_from([("a.example.com",), ("*.example.com",), ("b.example.com",)])),
            source=draw(st.sampled_from([CertificateSource.UPLOAD, CertificateSource.BUY])),
            has_private_key=draw(st.sampled_from([True, True, False])),
            fingerprint=draw(st.sampled_from(["", "aa", f"{number:02x}"])),
            not_before=NOW - timedelta(days=draw(st.integers(0, 300))),
            not_after=NOW + timedelta(days=draw(st.integers(-90, 200))),
        )
        for number in IDS
    ]


def identifiers() -> st.SearchStrategy[str]:
    return st.sampled_from(["", *(f"{number}-cn-hangzhou" for number in IDS)])


def a_slot(draw: st.DrawFn, number: int, known: list[Certificate]) -> ResourceRecord:
    """One in three has a certificate that CAS does not know, or tells otherwise."""
    there = draw(identifiers() | st.just("sha256:abc"))
    ends = draw(st.sampled_from([one.not_after for one in known]))
    resource = a_resource(f"slot{number}.example.com", cert_identifier=there, cert_not_after=ends)
    placed = Placed(cert_identifier=draw(identifiers()), job_id=1, at=NOW) if draw(st.booleans()) else None
    return ResourceRecord(resource=resource, seen_at=NOW, placed=placed)


def jobs(draw: st.DrawFn, number: int) -> tuple[DeploymentJob, WorkerResource]:
    status = draw(st.sampled_from(list(WorkerStatus)))
    ended = NOW - timedelta(days=draw(st.integers(0, 60)))
    worker = a_worker(
        job_id=number,
        status=status,
        cert_identifier=draw(identifiers()) or "1-cn-hangzhou",
        previous_cert_identifier=draw(st.none() | identifiers()),
        finished_at=ended if status.settled else None,
    )
    final = draw(st.sampled_from([JobStatus.EDITING, JobStatus.PENDING, JobStatus.SUCCESS, JobStatus.ERROR]))
    job = a_job(number, status=final, cert_identifiers=(worker.cert_identifier,))
    return job, worker


@pytest.mark.long
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_is_deleted_that_is_served_or_needed_or_bought_or_the_only_one(data: st.DataObject) -> None:
    draw: Any = data.draw
    known = certificates(draw)
    slots = [a_slot(draw, number, known) for number in range(draw(st.integers(0, 4)))]
    made = [jobs(draw, number) for number in range(1, 1 + draw(st.integers(0, 3)))]
    uses = Uses()
    for record in slots:
        uses.of_slot(record, {one.identifier: one for one in known})
    for job, worker in made:
        uses.of_job(job, [worker], NOW - GRACE)
    standings = {one.identifier: standing_of(one, public_roots=frozenset(), now=NOW) for one in known}
    later = successors(known, standings, NOW)

    gone = {
        one.identifier: one
        for one in known
        if not why_kept(one, uses, now=NOW, grace=GRACE, successor=later.get(one.identifier))
    }

    for record in slots:
        assert record.resource.cert_identifier not in gone
        assert not record.placed or record.placed.cert_identifier not in gone
        if record.resource.cert_identifier.startswith("sha256:"):
            assert record.resource.cert_not_after not in {one.not_after for one in gone.values()}
        there = [one.fingerprint for one in known if one.identifier == record.resource.cert_identifier]
        assert not {one.fingerprint for one in gone.values()} & set(there) - {""}
    for job, worker in made:
        open_ = not job.status.final or not worker.status.settled
        assert not open_ or worker.cert_identifier not in gone
        before, ended = worker.previous_cert_identifier, worker.finished_at
        if not worker.status.settled:
            assert (before or worker.resource.cert_identifier) not in gone
        written = before is not None and worker.status is not WorkerStatus.CANCELLED
        if written and (ended is None or ended > NOW - GRACE):
            assert before not in gone
    for one in gone.values():
        assert one.source is CertificateSource.UPLOAD
        long_ended = one.not_after <= NOW - GRACE
        left = [other for other in known if other.identifier not in gone]
        assert long_ended or any(
            all(map(other.covers, one.names))
            and other.not_after > one.not_after
            and other.why_not_deployable(NOW) is None
            for other in left
        ), "what replaces it was deleted with it"
