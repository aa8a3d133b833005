"""The workers of jobs, by job, product and shard."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import WorkerStatus
from shared.errors import UnreadableRowError
from shared.state import tables
from shared.state.records import Records, document_of, nested, told_in
from shared.state.store import Key


class Workers(Records[WorkerResource]):
    table, model = tables.WORKERS, WorkerResource

    def _own_key(self, record: WorkerResource) -> Key:
        return _worker_key(record)

    def find(self, worker: WorkerResource) -> WorkerResource | None:
        """The worker as stored now."""
        return self._find(_worker_key(worker))

    def save(self, worker: WorkerResource) -> WorkerResource:
        return self._save(_worker_key(worker), worker)

    def add(self, workers: Iterable[WorkerResource]) -> None:
        """Store new workers. Raises ConflictError if one of them is there; others may be stored by then."""
        self._store.put_many(self.table, ((_worker_key(one), document_of(one)) for one in workers))

    def delete(self, worker: WorkerResource) -> None:
        self._store.delete(self.table, _worker_key(worker), version=worker.version)

    def list(
        self, job_id: int, product: CloudProduct | None = None, shard: int | None = None
    ) -> Iterator[WorkerResource]:
        """Those of a job, of its share for a product, or of one shard of that."""
        if product is None:
            return self._range((job_id,))
        return self._range((job_id, product.value) if shard is None else (job_id, product.value, shard))

    def each(self, job_id: int) -> Iterator[WorkerResource | UnreadableRowError]:
        """Those of a job, and those that cannot be read, too."""
        return self._each((job_id,))

    def statuses(self, job_id: int) -> Counter[WorkerStatus]:
        """How many of a job's have which; their rows are read, but not parsed."""
        told = Counter(str(told_in(row).get("Status")) for row in self._store.range(self.table, (job_id,)))
        return Counter({status: told[status.value] for status in WorkerStatus if told[status.value]})

    def at_place(self, job_id: int, resource: CloudResource) -> Iterator[WorkerResource]:
        """Those of a job on the slot's place, and perhaps on others with a longer name.

        Other rows are read, but not parsed.
        """
        for row in self._store.range(self.table, (job_id, resource.product.value)):
            found = nested(row, "Resource")
            place = f"{resource.product.value}/{found.get('Region') or '-'}/{found.get('ResourceId')}"
            if place.startswith(resource.place):
                yield from self.readable([row])


def _worker_key(worker: WorkerResource) -> Key:
    return worker.job_id, worker.resource.product.value, worker.shard, worker.worker_id
