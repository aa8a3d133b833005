"""A state as a whole, on each driver that keeps one: every row is met, and moved to each other driver."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

import shared.state
from emulator.services.tablestore import reads
from shared.state.check import KINDS as KINDS_OF_ROWS
from shared.state.portable import Export, take_in
from shared.state.records import Records
from shared.state.repositories import Jobs, Resources, Workers
from shared.state.sqlite import SqliteStore
from shared.state.tables import JOBS, LEASES, RESOURCES, TABLES, WORKERS
from shared.state.whole import KEPT, PASSING, Tally, WholeStore, tally_of
from tests.builders import NOW, a_job, a_resource, a_worker
from tests.tablestores import new_store

KINDS: dict[str, Callable[[Path], WholeStore]] = {
    "sqlite": lambda path: SqliteStore(path),
    "tablestore": lambda path: new_store(),
}


@pytest.fixture(params=KINDS)
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> WholeStore:
    return KINDS[request.param](tmp_path / "state.db")


def test_every_row_of_a_table_is_met_in_the_order_of_keys_over_many_pages(
    whole: WholeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.state.sqlite._PAGE", 3)
    monkeypatch.setattr(reads, "MOST_ROWS", 3)
    keys = [(job, product, 0, n) for job in (-1, 2**60) for product in ("", "CDN", "WAF") for n in (1, 2)]
    whole.put_many(WORKERS, ((key, {"n": key[-1]}) for key in keys))

    assert [(row.key, row.document) for row in whole.all_of(WORKERS)] == [(k, {"n": k[-1]}) for k in keys]
    assert list(whole.all_of(JOBS)) == []


def test_all_tables_but_those_of_running_functions_and_what_is_said_of_the_state_are_kept() -> None:
    assert {table.name for table in (*KEPT, *PASSING)} == {table.name for table in TABLES} - {"meta"}


def test_the_rows_of_every_model_are_looked_over() -> None:
    """A repository that is added has its rows read by `certdeploy state check`."""
    there = {
        one
        for module in pkgutil.iter_modules(shared.state.__path__, "shared.state.")
        for one in vars(import_module(module.name)).values()
        if isinstance(one, type) and issubclass(one, Records) and hasattr(one, "table")
    }
    assert there == set(KINDS_OF_ROWS)


@pytest.mark.parametrize("to", KINDS)
def test_a_state_that_is_moved_is_the_same_and_goes_on(whole: WholeStore, to: str, tmp_path: Path) -> None:
    Resources(whole).put(a_resource(), NOW)
    Workers(whole).add([a_worker(1), a_worker(2)])
    Jobs(whole).open(Jobs(whole).save(a_job(name="bücher ✓")))
    whole.put(LEASES, ("x",), {}, version=0)
    other = KINDS[to](tmp_path / "other.db")

    take_in(other, Export(whole).rows(), "there")

    assert tally_of(other) == tally_of(whole)
    assert tally_of(other).rows == {
        **{"resources": 1, "resource_domains": 1},
        **{"workers": 2, "jobs": 1, "open_jobs": 1},
    }
    job = Jobs(other).get(1)
    assert Jobs(other).save(job.evolve(success_count=1)).name == "bücher ✓"
    assert [slot.resource.resource_id for slot in Resources(other).by_names(["*.example.com"])]


def test_a_sum_tells_of_any_difference_and_not_of_order() -> None:
    rows = [(RESOURCES, ("CDN", "-", "a"), {"n": 1}), (RESOURCES, ("CDN", "-", "b"), {"n": 2})]

    def of(*rows: tuple[object, ...]) -> Tally:
        tally = Tally()
        for row in rows:
            tally.add(*row)  # type: ignore[arg-type]
        return tally

    assert of(*rows) == of(*reversed(rows))
    for other in (
        [rows[0]],
        [rows[0], rows[0]],
        [(RESOURCES, ("CDN", "-", "a"), {"n": 2}), (RESOURCES, ("CDN", "-", "b"), {"n": 1})],
        [rows[0], (JOBS, *rows[1][1:])],
    ):
        assert of(*rows) != of(*other)
        assert of(*rows).digest != of(*other).digest
