"""Repositories: the state in terms of the domain. `save` is compare-and-set.

They use only the operations of a `Store`, so a database driver is one module.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from shared.domain.certificates import CertificateRecord, cert_id_of
from shared.domain.dead_letters import DeadLetter
from shared.domain.jobs import DeploymentJob
from shared.domain.moments import ahead
from shared.domain.policies import PolicyText
from shared.errors import ConflictError, NotFoundError, UnreadableRowError
from shared.state import tables
from shared.state.records import Records, log, time_in, told_in, tries
from shared.state.resources import Resources
from shared.state.scans import Scans
from shared.state.store import Key
from shared.state.syncs import Sweeps, SyncStatuses
from shared.state.workers import Workers

__all__ = [
    "Certificates",
    "DeadLetters",
    "Jobs",
    "PolicyTexts",
    "Resources",
    "Scans",
    "Sweeps",
    "SyncStatuses",
    "Workers",
]

OWNER = "-"  #: partition key of tables without another one; a stack serves one account
_STORING = "storing"  #: in place of the owner, of jobs whose workers are being stored


class Certificates(Records[CertificateRecord]):
    table, model = tables.CERTIFICATES, CertificateRecord

    def find(self, identifier: str) -> CertificateRecord | None:
        """By CertIdentifier; None also for an identifier that is not from CAS."""
        key = self._key_of(identifier)
        return self._find(key) if key else None

    def find_many(self, identifiers: Iterable[str]) -> dict[str, CertificateRecord]:
        """The existing certificates, by identifier as given."""
        return self._find_many({text: key for text in identifiers if (key := self._key_of(text))})

    def get(self, identifier: str) -> CertificateRecord:
        if (record := self.find(identifier)) is None:
            raise NotFoundError("Certificate", identifier)
        return record

    def save(self, record: CertificateRecord) -> CertificateRecord:
        return self._save((record.certificate.home, record.certificate.cert_id), record)

    def list(self, home: str) -> Iterator[CertificateRecord]:
        """`home`: a store, within its account."""
        return self._range((home,))

    def delete(self, record: CertificateRecord) -> None:
        key = (record.certificate.home, record.certificate.cert_id)
        self._store.delete(self.table, key, version=record.version)

    @staticmethod
    def _key_of(identifier: str) -> Key | None:
        cert_id, home = cert_id_of(identifier), identifier.partition("-")[2]
        return (home, cert_id) if cert_id is not None and home else None


class Jobs(Records[DeploymentJob]):
    """Jobs, and an index of open jobs (with work left to do) by their due time.

    A job whose workers are not all stored is no job yet: `find_begun` and `cut_off` alone know of it.
    """

    table, model = tables.JOBS, DeploymentJob

    def find(self, job_id: int) -> DeploymentJob | None:
        job = self.find_begun(job_id)
        return job if job is not None and job.storing_until is None else None

    def find_readable(self, job_id: int) -> DeploymentJob | None:
        """None also for a row that a later version wrote, or others have spoilt: the other jobs go on."""
        try:
            return self.find(job_id)
        except UnreadableRowError as error:
            log.error("a row was left out", extra={"reason": str(error)})
            return None

    def find_begun(self, job_id: int) -> DeploymentJob | None:
        """Also one whose workers are being stored, or were to be."""
        return self._find((OWNER, job_id))

    def begin(self, job: DeploymentJob) -> DeploymentJob:
        """Store a new one, whose workers follow, until `storing_until`.

        Raises:
            ConflictError: there is one of this id.
        """
        return self._unfinished(job)

    def mark_deleted(self, job: DeploymentJob) -> DeploymentJob:
        """From here on it is no job any more; `cut_off` yields it until `settled`.

        Raises:
            ConflictError: somebody else has changed it.
        """
        return self._unfinished(job)

    def _unfinished(self, job: DeploymentJob) -> DeploymentJob:
        assert job.storing_until is not None
        with suppress(ConflictError):  # somebody is faster, or was cut off before the next line
            until = {"Until": job.storing_until.isoformat()}
            self._store.put(tables.OPEN_JOBS, _storing_key(job.job_id), until, version=0)
        return self._save((OWNER, job.job_id), job)

    def cut_off(self, now: datetime) -> Iterator[DeploymentJob]:
        """Those whose time to store their workers is over, complete ones aside."""
        for row in self._store.range(tables.OPEN_JOBS, (_STORING,)):
            if ahead(time_in(row, "Until"), now):
                continue
            job = self.find_begun(int(row.key[2]))
            if job is not None and job.storing_until is not None:
                yield job
            else:  # it was cut off before the job was begun, or right after it was complete
                self._store.delete(tables.OPEN_JOBS, row.key, version=row.version)

    def settled(self, begun: DeploymentJob) -> None:
        """Nothing is left to store or to undo of this one."""
        if row := self._store.get(tables.OPEN_JOBS, _storing_key(begun.job_id)):
            with suppress(ConflictError):
                self._store.delete(tables.OPEN_JOBS, row.key, version=row.version)

    def get(self, job_id: int) -> DeploymentJob:
        if (job := self.find(job_id)) is None:
            raise NotFoundError("DeploymentJob", job_id)
        return job

    def save(self, job: DeploymentJob) -> DeploymentJob:
        return self._save((OWNER, job.job_id), job)

    def delete(self, job: DeploymentJob) -> None:
        """After its workers. Raises ConflictError if it has been changed since it was read."""
        self._store.delete(self.table, (OWNER, job.job_id), version=job.version)

    def list(self) -> Iterator[DeploymentJob]:
        return (job for job in self._range((OWNER,)) if job.storing_until is None)

    def each(self) -> Iterator[DeploymentJob | UnreadableRowError]:
        """Those that are being stored, and those that cannot be read, too."""
        return self._each((OWNER,))

    def open(self, job: DeploymentJob) -> None:
        """Add the job to the index of open jobs, before it leaves `editing`, so that none is forgotten.

        Opening it again changes the row, so that a run that looked earlier does not close it.
        """
        for _ in tries(tables.OPEN_JOBS, self._due_key(job)):
            with suppress(ConflictError):
                row = self._store.get(tables.OPEN_JOBS, self._due_key(job))
                version = row.version if row else 0
                self._store.put(tables.OPEN_JOBS, self._due_key(job), told_in(row), version=version)
                return

    def opened(self, job: DeploymentJob) -> int:
        """The version for `close`; read it before checking whether work is left. 0: the job is closed."""
        row = self._store.get(tables.OPEN_JOBS, self._due_key(job))
        return row.version if row else 0

    def close(self, job: DeploymentJob, opened: int) -> None:
        """Remove the job from the index, unless it has been opened again since `opened` was read."""
        with suppress(ConflictError):
            self._store.delete(tables.OPEN_JOBS, self._due_key(job), version=opened)

    def close_others(self, job: DeploymentJob) -> None:
        """Remove what an edit that was cut off has left of the job under its other times."""
        for row in self._store.range(tables.OPEN_JOBS, (OWNER,)):
            if row.key[2] == job.job_id and row.key != self._due_key(job):
                with suppress(ConflictError):
                    self._store.delete(tables.OPEN_JOBS, row.key, version=row.version)

    def due(self, now: datetime) -> Iterator[int]:
        """Ids of the open jobs that are due, the longest overdue first.

        Then those that were due by a clock that was ahead, and is not any more.
        """
        for row in self._store.range(tables.OPEN_JOBS, (OWNER,)):
            due, job_id = int(row.key[1]), int(row.key[2])
            if due <= _ms(now) or ((job := self.find_readable(job_id)) and job.due(now)):
                yield job_id

    @staticmethod
    def _due_key(job: DeploymentJob) -> Key:
        return (OWNER, _ms(job.schedule_time), job.job_id)


class PolicyTexts(Records[PolicyText]):
    """The owner's policies: one document, or none yet."""

    table, model = tables.POLICIES, PolicyText

    def find(self) -> PolicyText | None:
        return self._find((OWNER,))

    def version(self) -> int:
        """Of what is stored, even if that is damaged; 0: nothing is."""
        row = self._store.get(self.table, (OWNER,))
        return row.version if row else 0

    def save(self, text: PolicyText) -> PolicyText:
        """Raises ConflictError if another one has been stored since `text` was read."""
        return self._save((OWNER,), text)


class DeadLetters(Records[DeadLetter]):
    table, model = tables.DEAD_LETTERS, DeadLetter

    def _own_key(self, record: DeadLetter) -> Key:
        return (OWNER, _ms(record.failed_at), record.request_id)

    def save(self, letter: DeadLetter) -> DeadLetter:
        """Raises ConflictError if it is kept already."""
        return self._save(self._own_key(letter), letter)

    def list(self) -> Iterator[DeadLetter]:
        """The oldest first."""
        return self._range((OWNER,))

    def delete(self, letter: DeadLetter) -> None:
        self._store.delete(self.table, self._own_key(letter), version=letter.version)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _storing_key(job_id: int) -> Key:
    return (_STORING, 0, job_id)
