"""What may be deleted: nothing that a slot or a job could still need, whatever the estate is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.disused import Uses, successors, why_kept, why_stored_kept
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct, Placed, ResourceRecord
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.stored import StoredCertificate
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


def a_copy(draw: st.DrawFn, number: int, known: list[Certificate]) -> StoredCertificate:
    """In a region's store or a site's pool; one in three is not known to CAS. Those of a pool are slots."""
    one = draw(st.sampled_from(known))
    is_slot = draw(st.booleans())
    identifier = draw(st.sampled_from([one.identifier, one.identifier, "upload:mine"]))
    put_as = draw(st.sampled_from(["", one.identifier, "99-cn-hangzhou"]))
    return StoredCertificate(
        product=CloudProduct.ESA if is_slot else CloudProduct.SLB,
        stored_id=f"site/{number}" if is_slot else f"store-{number}",
        cert_identifier=identifier,
        not_after=draw(st.sampled_from([None, one.not_after])),
        put_at=draw(st.sampled_from([None, *(NOW - timedelta(days=days) for days in (1, 29, 31, 200))])),
        put_as="" if is_slot else put_as,
        is_slot=is_slot,
        kept=draw(st.sampled_from(["", "", "", "something uses it"])),
    )


def of_pool(copy: StoredCertificate, number: int, draw: st.DrawFn) -> ResourceRecord:
    """The slot that an entry is."""
    resource = a_resource(
        product=CloudProduct.ESA, resource_id=copy.stored_id, cert_identifier=copy.cert_identifier
    )
    placed = Placed(cert_identifier=draw(identifiers()), job_id=1, at=NOW) if draw(st.booleans()) else None
    return ResourceRecord(resource=resource, seen_at=NOW, placed=placed)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_copy_is_deleted_that_is_used_or_that_nobody_could_put_back(data: st.DataObject) -> None:
    draw: Any = data.draw
    known = certificates(draw)
    by_identifier = {one.identifier: one for one in known}
    copies = [a_copy(draw, number, known) for number in range(draw(st.integers(1, 4)))]
    slots = [a_slot(draw, number, known) for number in range(draw(st.integers(0, 3)))]
    slots += [of_pool(one, n, draw) for n, one in enumerate(copies) if one.is_slot]
    made = [jobs(draw, number) for number in range(1, 1 + draw(st.integers(0, 3)))]
    uses = Uses()
    for record in slots:
        uses.of_slot(record, by_identifier)
    for job, worker in made:
        uses.of_job(job, [worker], NOW - GRACE)
    standings = {one.identifier: standing_of(one, public_roots=frozenset(), now=NOW) for one in known}
    later = successors(known, standings, NOW)
    pool = [
        by_identifier[one.cert_identifier]
        for one in copies
        if one.is_slot and one.cert_identifier in by_identifier
    ]
    in_pool = successors(pool, standings, NOW)

    def why(copy: StoredCertificate) -> str:
        found = in_pool if copy.is_slot else later
        return why_stored_kept(
            copy,
            by_identifier.get(copy.cert_identifier),
            uses,
            now=NOW,
            grace=GRACE,
            successor=found.get(copy.cert_identifier),
        )

    gone = [copy for copy in copies if not why(copy)]

    for copy in gone:
        one = by_identifier.get(copy.cert_identifier)
        named = {copy.cert_identifier, copy.put_as} - {""}
        assert not copy.kept
        assert copy.put_at is None or copy.put_at <= NOW - GRACE
        for record in slots:
            if record.resource.slot == copy.place:
                assert record.placed is None or record.placed.cert_identifier == copy.cert_identifier
                continue
            assert record.resource.cert_identifier not in named
            assert not record.placed or record.placed.cert_identifier not in named
        for job, worker in made:
            before, ended = worker.previous_cert_identifier, worker.finished_at
            if not job.status.final or not worker.status.settled:
                assert worker.cert_identifier not in named
            if not worker.status.settled:
                assert (before or worker.resource.cert_identifier) not in named
            written = before is not None and worker.status is not WorkerStatus.CANCELLED
            if written and (ended is None or ended > NOW - GRACE):
                assert before not in named
        if copy.is_slot:
            assert one is not None
            left = [c for c in copies if c.is_slot and c not in gone]
            held = [by_identifier[c.cert_identifier] for c in left if c.cert_identifier in by_identifier]
            assert any(
                all(map(other.covers, one.names)) and other.not_after > one.not_after for other in held
            ), "what is served in its place was deleted with it"
        elif one is None or not one.has_private_key:
            assert copy.put_as, "nobody could put it back"
            assert copy.not_after is not None
            assert copy.not_after <= NOW - GRACE


@pytest.mark.parametrize(
    ("put_as", "ended", "goes"),
    [("1-cn-hangzhou", 31, True), ("1-cn-hangzhou", 29, False), ("", 31, False)],
    ids=["ours, and ended long ago", "ours, and ended lately", "of somebody else"],
)
def test_of_copies_that_cas_does_not_know_only_our_own_go_when_they_have_long_ended(
    put_as: str, ended: int, goes: bool
) -> None:
    copy = StoredCertificate(
        product=CloudProduct.SLB,
        stored_id="a",
        cert_identifier="upload:a",
        not_after=NOW - timedelta(days=ended),
        put_as=put_as,
    )
    why = why_stored_kept(copy, None, Uses(), now=NOW, grace=GRACE, successor=None)
    assert why == ("" if goes else "CAS does not have it with its key, so nobody could put it back")
