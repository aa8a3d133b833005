"""Plans and maps of an estate twice as large take twice the work: steps are counted, not time."""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from types import FrameType

import pytest

from shared.domain.events import CertificateExpiring, CertificateIssued
from shared.domain.policies import Policies
from shared.domain.policy_book import PolicyBook
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.requests import CreateDeploymentJob, PreviewDeploymentJob
from shared.domain.resources import SyncState, SyncStatus
from shared.services.create import create_deployment_jobs
from shared.services.lists import list_resources
from shared.services.map import map_certificate
from shared.services.plan import plan
from shared.services.policies import store_policies
from shared.services.preview import preview
from shared.services.world import World
from shared.state.sqlite import SqliteStore
from shared.state.store import Document, Key, Row, Write
from shared.state.tables import Table
from tests.builders import NOW, a_certificate, a_resource
from tests.shortened import shortened
from tests.unit.services.estates import ESTATES, Estate, renewals
from tests.worlds import POLICY, PRODUCTS, a_world


def automatic(world: World, estate: Estate) -> object:
    return plan(world, estate.certificates, estate.slots, automatic=True)


def previewed(world: World, estate: Estate) -> object:
    ids = tuple(one.cert_id for one in estate.certificates)
    return preview(world, PreviewDeploymentJob(cert_ids=ids))


def previewed_by_slot(world: World, estate: Estate) -> object:
    slots = tuple(one.slot for one in estate.slots)
    return preview(
        world, PreviewDeploymentJob(cert_ids=(estate.certificates[-1].cert_id,), resource_ids=slots)
    )


def created(world: World, estate: Estate) -> object:
    ids = tuple(one.cert_id for one in estate.certificates)
    return create_deployment_jobs(world, CreateDeploymentJob(name="all", cert_ids=ids, submit=False))


def issued(world: World, estate: Estate) -> object:
    """All reasons for a plan at once: one certificate is new, another one about to end."""
    last = estate.certificates[-1]
    made = create_deployment_jobs(world, CertificateIssued(cert_identifier=last.identifier))
    assert world.certificates.get(last.identifier).issued_handled
    return made


def expiring(world: World, estate: Estate) -> object:
    first = estate.certificates[0].identifier
    event = CertificateExpiring(cert_identifier=first, days_left=1, threshold_days=1)
    return create_deployment_jobs(world, event)


def issued_under_policies(world: World, estate: Estate) -> object:
    """A rule for each slot, and some for all of them."""
    rules = [{"match": {"slot": one.slot}, "accept_outage": True} for one in estate.slots]
    rules += [
        {"match": {"product": "CDN"}, "deploy": "draft"},
        {"match": {"certificate": "9"}, "pin": "none"},
    ]
    store_policies(world, json.dumps({"rules": rules}), version=0)
    return issued(world, estate)


def listed(world: World, _: Estate) -> object:
    asked = ListResources(domains=("*e*",), ends_within_days=90, sort=SlotOrder.EXPIRES)
    return list_resources(world, asked.evolve(products=PRODUCTS, without_certificate=True))


def shown(world: World, estate: Estate) -> object:
    return map_certificate(world, estate.certificates[-1])


USES = [
    automatic, previewed, previewed_by_slot, created, issued, issued_under_policies, expiring, listed, shown
]  # fmt: skip


class Counting(SqliteStore):
    """Counts the requests that are made to the store, by operation."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked: Counter[str] = Counter()

    def get(self, table: Table, key: Key) -> Row | None:
        self.asked["get"] += 1
        return super().get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        self.asked["get_many"] += 1
        return super().get_many(table, keys)

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self.asked["put"] += 1
        return super().put(table, key, document, version=version)

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        self.asked["put_many"] += 1
        super().put_many(table, rows)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        self.asked["write_many"] += 1
        return super().write_many(table, rows)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        self.asked["range"] += 1
        return super().range(table, prefix, below=below, after=after)


def steps(work: Callable[[], object]) -> int:
    """Lines of Python that are run, each turn of a loop counted, and functions that are called."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> object:
        nonlocal counted
        counted += 1
        return count

    before = sys.gettrace()
    gc.collect()
    gc.disable()  # what others left behind has finalizers, whose lines would be counted
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return counted


def a_world_of(folder: Path, estate: Estate) -> tuple[World, Counting]:
    folder.mkdir()
    store = Counting(folder / "state.db")
    drafts = replace(POLICY, submit_automatic_jobs=False)
    world = a_world(store, certificates=estate.certificates, slots=estate.slots, policy=drafts)
    first, *_, last = estate.certificates
    for certificate in estate.certificates:  # the last one is new, and the first about to end
        record = world.certificates.get(certificate.identifier)
        dealt_with = None if certificate == first else 0
        world.certificates.save(
            record.evolve(issued_handled=certificate != last, expiring_handled_days=dealt_with)
        )
    for one in PRODUCTS:
        world.syncs.put(SyncStatus(product=one, state=SyncState.SYNCED, started_at=NOW))
    store.asked.clear()
    return world, store


Use = Callable[[World, Estate], object]


@pytest.mark.long
@pytest.mark.parametrize(
    ("make", "use"), shortened(product(ESTATES, USES), every=40), ids=lambda value: value.__name__
)
def test_twice_the_estate_is_twice_the_work(tmp_path: Path, make: Callable[[int], Estate], use: Use) -> None:
    work: list[int] = []
    for size in (4, 8, 16, 32):
        estate = make(size)
        world, _ = a_world_of(tmp_path / str(size), estate)
        work.append(steps(partial(use, world, estate)))
    _, *work = work  # what is found out once, by whoever comes first, is not counted

    assert work[2] - work[1] <= 2.1 * (work[1] - work[0]), work


@pytest.mark.long
def test_a_slot_takes_no_more_work_for_rules_about_others() -> None:
    slot, work = a_resource(), []
    for size in (10, 100):
        rules = [
            {"match": {"slot": f"CDN/-/{one}", "product": "CDN"}, "deploy": "off"} for one in range(size)
        ]
        rules += [{"match": {"domain": "*.example.com", "product": "CDN"}, "deploy": "draft"}]
        book = PolicyBook(Policies.model_validate({"rules": rules}))
        work.append(steps(lambda book=book: book.for_(slot, None, [a_certificate()])))

    assert work[0] == work[1]


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_the_store_is_asked_as_often_for_twice_the_slots(tmp_path: Path, use: Use) -> None:
    asked: list[Counter[str]] = []
    for size in (12, 24):
        estate = renewals(size)
        world, store = a_world_of(tmp_path / str(size), estate)
        use(world, estate)
        asked.append(store.asked)

    assert asked[0] == asked[1] != Counter()
