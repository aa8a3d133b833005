"""`serve --metrics`: what Prometheus reads is what the state says, in the form that it takes."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cli.metrics import METRICS, Exporter, address, serving
from cli.session import session
from shared.domain.jobs import DeploymentJob
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import InvalidRequestError, SettingsError, StateUnavailableError
from shared.services.world import World
from tests.builders import a_job, a_worker
from tests.functional.cli.conftest import SHOP, Command

SAMPLE = re.compile(
    r'(?P<name>[a-z_]+)(?:\{(?P<labels>[a-z]+="[\w-]+"(?:,[a-z]+="[\w-]+")*)\})? (?P<value>\S+)'
)


class Timer:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def read(text: str) -> dict[str, float]:
    """Each sample, by its name and labels. The text is of Prometheus' form, or this fails."""
    found: dict[str, float] = {}
    current = ""
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, current, kind = line.split()
            assert METRICS[current].kind == kind
        elif not line.startswith("# HELP "):
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert sample["name"] in (current, f"{current}_sum", f"{current}_count")
            key = f"{sample['name']}{{{sample['labels']}}}" if sample["labels"] else sample["name"]
            assert key not in found
            found[key] = float(sample["value"])
    return found


@pytest.fixture
def world(informed: Command) -> World:
    return session().world()


def test_what_the_state_says_is_told(world: World) -> None:
    ends = world.certificates.get(f"{SHOP}-cn-hangzhou").certificate.not_after

    found = read(Exporter(world).text())

    assert ends is not None
    left = (ends - world.clock()) / timedelta(days=1)
    assert found["certdeploy_worst_days_left"] == pytest.approx(left, abs=0.02)
    assert (found["certdeploy_up"], found["certdeploy_slots"], found["certdeploy_slots_expired"]) == (1, 2, 0)
    assert 0 <= found["certdeploy_scan_age_seconds"] < 3600
    assert 0 <= found["certdeploy_discovery_age_seconds"] < 3600
    assert (found["certdeploy_regions_incomplete"], found["certdeploy_products_never_read"]) == (0, 0)
    assert found['certdeploy_jobs{status="pending"}'] == 0


def test_before_anything_was_read_what_nobody_knows_is_left_out(command: Command) -> None:
    found = read(Exporter(session().world()).text())

    assert (found["certdeploy_up"], found["certdeploy_slots"]) == (1, 0)
    assert found["certdeploy_products_never_read"] > 10
    assert not {"certdeploy_worst_days_left", "certdeploy_scan_age_seconds"} & found.keys()


def test_ended_slots_are_counted_once_and_their_time_is_told(world: World) -> None:
    timer = Timer()
    exporter = Exporter(world, timer)
    job = _ended(world, WorkerStatus.SUCCESS, WorkerStatus.SUCCESS, WorkerStatus.ERROR)
    first = read(exporter.text())
    timer.now += 60
    again = read(exporter.text())
    world.jobs.delete(job)
    timer.now += 60
    later = read(exporter.text())

    for found in (first, again, later):
        assert found['certdeploy_deployments_total{product="CDN",status="success"}'] == 2
        assert found['certdeploy_deployments_total{product="CDN",status="error"}'] == 1
        assert found['certdeploy_deployment_seconds_count{product="CDN"}'] == 2
        assert found['certdeploy_deployment_seconds_sum{product="CDN"}'] == pytest.approx(3.0)
    assert (first['certdeploy_jobs{status="error"}'], later['certdeploy_jobs{status="error"}']) == (1, 0)


def test_what_a_retry_changed_is_counted_in_place_of_what_was_before(world: World) -> None:
    timer = Timer()
    exporter = Exporter(world, timer)
    job = _ended(world, WorkerStatus.ERROR)
    exporter.text()
    (worker,) = world.workers.list(job.job_id)
    world.workers.save(worker.evolve(status=WorkerStatus.SUCCESS))
    world.jobs.save(job.evolve(status=JobStatus.SUCCESS))
    timer.now += 60

    found = read(exporter.text())

    assert found['certdeploy_deployments_total{product="CDN",status="success"}'] == 1
    assert 'certdeploy_deployments_total{product="CDN",status="error"}' not in found


def _ended(world: World, *statuses: WorkerStatus) -> DeploymentJob:
    begun = world.clock()
    ended = begun + timedelta(seconds=1.5)
    job = world.jobs.save(a_job(status=JobStatus.ERROR, products={CloudProduct.CDN: len(statuses)}))
    workers = [
        a_worker(job_id=job.job_id, worker_id=number, status=status, started_at=begun, finished_at=ended)
        for number, status in enumerate(statuses, 1)
    ]
    world.workers.add(workers)
    return job


def test_a_reading_serves_all_who_ask_for_a_while(world: World) -> None:
    timer = Timer()
    exporter = Exporter(world, timer)
    before = exporter.text()
    for record in list(world.resources.list(CloudProduct.CDN)):
        world.resources.remove(record)

    timer.now = 29
    assert exporter.text() == before
    timer.now = 31
    assert read(exporter.text())["certdeploy_slots"] == 0


def test_a_state_that_cannot_be_read_is_told_as_such(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> Iterator[Any]:
        raise StateUnavailableError("locked")

    monkeypatch.setattr(world.resources, "list", refuse)

    assert read(Exporter(world).text()) == {"certdeploy_up": 0}


def test_it_is_read_at_its_path_and_nowhere_else(world: World) -> None:
    exporter = Exporter(world)
    with serving(exporter, "127.0.0.1", 0) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert answer.read().decode() == exporter.text()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/")
        assert refused.value.code == 404
        with pytest.raises(SettingsError, match=f"--metrics 127.0.0.1:{port}"):
            serving(exporter, "127.0.0.1", port).__enter__()


@pytest.mark.parametrize(
    ("given", "meant"),
    [("9107", ("127.0.0.1", 9107)), ("0.0.0.0:9107", ("0.0.0.0", 9107)), ("[::1]:9107", ("::1", 9107))],
)
def test_an_address_is_a_port_or_host_and_port(given: str, meant: tuple[str, int]) -> None:
    assert address(given) == meant


@pytest.mark.parametrize("given", ["", "host", "host:", "1.2.3.4:99999", "host:-1"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InvalidRequestError, match="give a port"):
        address(given)
