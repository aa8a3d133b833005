"""What happens on an installation and how it ends, for stories that several files tell parts of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.domain.certificates import Certificate
from shared.domain.jobs import WorkerResource
from shared.domain.policies import PolicyText
from shared.domain.resources import CloudProduct, CloudResource, SyncStatus
from shared.domain.states import JobStatus, WorkerStatus
from shared.products.cdn.adapter import Adapter as Cdn
from shared.products.kit.changes import Change
from shared.products.kit.exchange import exchange
from shared.services.catalogue import KnownCertificates
from shared.services.policies import store_policies
from shared.services.world import ProbeResult
from shared.state.store import Document, Key, Row, Store, Write
from shared.state.tables import Table
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Cut, Platform
from tests.rows import one_by_one

WWW = "CDN/-/www.example.com"
OLD = "10741304-cn-hangzhou"  #: the certificate that is in place where nothing has been deployed yet
WRITE_OF_WWW = ("SetCdnDomainSSLCertificate", "www.example.com")
IMG = "OSS/-/bucket-one/img.example.com"
BROKEN_POLICIES = "rules: [{match: {product: CDN}, deploi: off}]"


def worker_of(platform: Platform, slot: str) -> WorkerResource:
    return platform.workers()[slot]


def others(platform: Platform, slot: str) -> set[WorkerStatus]:
    return {worker.status for name, worker in platform.workers().items() if name != slot}


def statuses(platform: Platform) -> Counter[WorkerStatus]:
    return Counter(worker.status for worker in platform.workers().values())


def served(platform: Platform) -> Counter[str]:
    """Which certificates the slots have, by the table after a new discovery."""
    platform.tick("discover_resources")
    rows = [
        record.resource
        for product in platform.world.policy.products
        for record in platform.world.resources.list(product)
    ]
    return Counter(row.cert_identifier for row in rows)


def by_console(platform: Platform, identifier: str) -> None:
    """Somebody puts another certificate on www.example.com."""
    cert_id, _, store = identifier.partition("-")
    params = {"DomainName": "www.example.com", "SSLProtocol": "on", "CertType": "cas"}
    platform.app().openapi.call(
        Cdn.api,
        Cdn.actions["SetCdnDomainSSLCertificate"],
        {**params, "CertId": int(cert_id), "CertRegion": store},
    )
    platform.clock.sleep(5)


def uploaded(platform: Platform, *names: str, days: float = 200) -> str:
    """A new certificate that no job is made for by itself; its identifier."""
    new = platform.renew(*(names or NAMES), days=days)
    platform.call("scan_expiry", {})
    announced = [call for call in platform.queue if call[0] == "create_deployment_job"]
    assert announced, "it was not announced"
    platform.queue[:] = [call for call in platform.queue if call not in announced]
    return new


def asked_for(platform: Platform, new: str, *slots: str, **more: Any) -> int:
    """A person creates a job, which waits in the queue if it is due; its id."""
    request = {"CertIds": [int(new.partition("-")[0])], "ResourceIds": slots, "Name": "by hand", **more}
    answer = platform.call("create_deployment_job", request)
    return int(answer["Jobs"][0]["JobId"])


def deployed(platform: Platform) -> Platform:
    """Renewed on four slots; nothing has been written since."""
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    assert platform.job().status is JobStatus.SUCCESS
    platform.cloud.calls.clear()
    return platform


def policies(platform: Platform, *rules: dict[str, Any], **defaults: Any) -> None:
    """Written as JSON, which is YAML too."""
    world = platform.world
    text = json.dumps({"defaults": defaults, "rules": rules})
    store_policies(world, text, version=world.policy_texts.version())


def damaged(platform: Platform, text: str = BROKEN_POLICIES) -> None:
    """An earlier version of the system understood it."""
    now, texts = platform.clock(), platform.world.policy_texts
    texts.save(PolicyText(text=text, set_at=now, version=texts.version()))


def ask(platform: Platform, *slots: str) -> Any:
    """A person asks for a rollback of the job."""
    return platform.call(
        "manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id, "ResourceIds": slots}}
    )


def roll_back(platform: Platform, *slots: str) -> Any:
    answer = ask(platform, *slots)
    platform.drain()
    return answer


def rolled_back_once(platform: Platform, slots: int = 4) -> None:
    """The end that every interrupted rollback must come to."""
    assert statuses(platform) == {WorkerStatus.ROLLBACK_SUCCESS: slots}, [
        w.reason for w in platform.workers().values()
    ]
    assert set(Counter(platform.writes()).values()) == {1}, platform.writes()
    assert list(platform.world.jobs.due(platform.clock())) == [], "the job is still looked at"


def exchanged_by_hand(platform: Platform, slot: CloudResource, certificate: Certificate) -> None:
    """Somebody makes the calls that a deployment would make."""
    world = platform.world
    waiter = world.waiter(spare_s=5)
    known = KnownCertificates(world.certificates, world.policy.stores)
    adapter = world.adapter(slot.product, known)
    change = Change(slot.evolve(domains=()), certificate)  # who does it by hand may put there anything
    for pause in exchange(adapter, [change], lambda change, look: None, lambda: waiter):
        world.sleep(pause)


class AtHandshake:
    """`happens` once, right before clients of `name` are first asked for what they are served.

    By then the function has claimed the worker and written, and has not yet said how it ended.
    """

    def __init__(self, platform: Platform, name: str, happens: Callable[[], object]) -> None:
        self._probe, self._name, self._happens = platform.world.probe, name, happens
        self.happened = False
        platform.ports["probe"] = self

    def __call__(self, endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        if server_name == self._name and not self.happened:
            self.happened = True
            self._happens()
        return self._probe(endpoint, server_name, certificate)


class BetweenTries:
    """`happens` once: when the first try at a slot has failed, and the function waits for the next one."""

    def __init__(self, platform: Platform, slot: str, happens: Callable[[], object]) -> None:
        self._it, self._sleep, self._slot, self._happens = platform, platform.world.sleep, slot, happens
        self.happened = False
        platform.ports["sleep"] = self

    def __call__(self, seconds: float) -> None:
        worker = worker_of(self._it, self._slot)
        if not self.happened and worker.attempts == 1 and worker.lease_until is None:
            self.happened = True
            self._happens()
        self._sleep(seconds)


class MortalStore:
    """A store whose process is killed right after its n-th write, for all its threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.writes = 0
        self.dies_after: int | None = None

    @property
    def dead(self) -> bool:
        return self.dies_after is not None and self.writes >= self.dies_after

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._live()
        done = self._store.put(table, key, document, version=version)
        self._wrote()
        return done

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        """One after the other: it may be killed between any two."""
        for key, document in rows:
            self.put(table, key, document, version=0)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        return one_by_one(self, table, rows)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._live()
        self._store.delete(table, key, version=version)
        self._wrote()

    def get(self, table: Table, key: Key) -> Any:
        self._live()
        return self._store.get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        self._live()
        return self._store.get_many(table, keys)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        return self._store.range(table, prefix, below=below, after=after)

    def _live(self) -> None:
        if self.dead:
            raise Cut

    def _wrote(self) -> None:
        self.writes += 1
        self._live()


@dataclass
class AProduct:
    """An adapter of a product that has these regions and, where it is read, these slots."""

    region_names: list[str]
    other_cloud: bool = False
    there: list[CloudResource] = field(default_factory=list)

    def regions(self) -> list[str]:
        return self.region_names

    def discover(self, region: str) -> list[CloudResource]:
        return [slot for slot in self.there if slot.region == region]


def with_product(platform: Platform, product: AProduct) -> None:
    platform.ports["adapter"] = lambda *arguments, **more: product


def synced(platform: Platform, product: CloudProduct) -> dict[str, SyncStatus]:
    return {status.region: status for status in platform.world.syncs.list(product)}
