"""`job show`: each slot with the name that its owner knows, what became of it, and what to do next."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from cli.session import session
from shared.domain.states import JobStatus, WorkerStatus
from tests.builders import NOW, a_job, a_listener_slot, a_resource, a_worker
from tests.functional.cli.conftest import Command

REFUSED = "PutCname: NeedVerifyDomainOwnership: verify it first (RequestId R-1)"
ALB = "ALB/cn-hangzhou/lsn-1/default"


@pytest.fixture
def ended(command: Command) -> Command:
    """Job 1 ended in error: a listener is served, two domains are not."""
    world = session().world()
    listener = a_listener_slot(instance_name="shop-front")
    world.jobs.save(a_job(1, status=JobStatus.ERROR, started_at=NOW, finished_at=NOW + timedelta(minutes=1)))
    world.workers.add(
        [
            a_worker(
                1,
                resource=listener,
                status=WorkerStatus.SUCCESS,
                started_at=NOW,
                finished_at=NOW + timedelta(seconds=9),
            ),
            a_worker(2, resource=a_resource("a.example.com"), status=WorkerStatus.ERROR, reason=REFUSED),
            a_worker(3, resource=a_resource("b.example.com"), status=WorkerStatus.ERROR, reason=REFUSED),
        ]
    )
    return command


def rows(command: Command, *options: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(command("job", "show", "1", "--csv", *options).out)))


def test_a_slot_is_shown_as_its_owner_knows_it_with_the_reason_and_what_to_do(
    ended: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    lines = ended("job", "show", "1").out.splitlines()
    shown = " ".join(" ".join(lines).split())

    assert lines[0] == "Job 1 job-1: error, 1/3 slots, 2 failed"
    assert "due 2026-05-01 12:00 UTC, started 2026-05-01 12:00, ended 2026-05-01 12:01" in shown
    assert ALB in lines
    assert "Known as: shop-front:443 default" in shown
    assert shown.count(REFUSED) == 2
    assert shown.count("the domain is not verified: add the TXT record") == 1
    assert "NeedVerifyDomainOwnership 2 the domain" in shown


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--status", "success"), [ALB]),
        (("--product", "CDN"), ["CDN/-/a.example.com", "CDN/-/b.example.com"]),
        (("--region", "cn-hangzhou"), [ALB]),
        (("--region", "-", "--status", "success"), []),
        (("--sort", "status"), ["CDN/-/a.example.com", "CDN/-/b.example.com", ALB]),
        (("--sort", "took"), [ALB, "CDN/-/a.example.com", "CDN/-/b.example.com"]),
    ],
    ids=" ".join,
)
def test_slots_are_shown_by_what_is_asked_for(
    ended: Command, options: tuple[str, ...], found: list[str]
) -> None:
    assert [row["slot"] for row in rows(ended, *options)] == found


def test_what_is_left_out_is_counted(ended: Command) -> None:
    assert ended("job", "show", "1", "--status", "error").err == "1 other slots are not shown\n"


def test_csv_has_whole_values(ended: Command) -> None:
    (row,) = rows(
        ended, "--product", "ALB", "--columns", "slot,known-as,certificate,before,took,finished,hint"
    )

    assert row == {
        "slot": ALB,
        "known-as": "shop-front:443 default (cn-hangzhou)",
        "certificate": "7-cn-hangzhou",
        "before": "1-cn-hangzhou",
        "took": "9.0",
        "finished": "2026-05-01T12:00:09+00:00",
        "hint": "",
    }
    assert all("TXT record" in row["hint"] for row in rows(ended, "--status", "error", "--columns", "hint"))


def test_json_has_the_counts_of_all_and_the_hints_of_what_is_shown(ended: Command) -> None:
    found = ended("job", "show", "1", "--product", "ALB", "--json").json

    assert found["Counts"] == {"success": 1, "error": 2}
    assert (len(found["Workers"]), found["Hints"]) == (1, [])
    assert ended("job", "show", "1", "--json").json["Hints"][0]["Code"] == "NeedVerifyDomainOwnership"
