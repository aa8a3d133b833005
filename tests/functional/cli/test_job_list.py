"""`job list`: found by what jobs have in common, sorted, as a table, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from cli.session import session
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from tests.builders import a_job
from tests.functional.cli.conftest import Command

CDN, ALB = CloudProduct.CDN, CloudProduct.ALB


@pytest.fixture
def jobs(command: Command) -> Command:
    """Three, made ten, five and one days ago."""
    world = session().world()
    for number, (days, name, status, products, certificate) in enumerate(
        [
            (10, "shop renewed", JobStatus.SUCCESS, {CDN: 3}, "7-cn-hangzhou"),
            (5, "Shop by hand", JobStatus.ERROR, {CDN: 1, ALB: 1}, "8-cn-hangzhou"),
            (1, "api", JobStatus.PENDING, {ALB: 1}, "8-cn-hangzhou"),
        ],
        1,
    ):
        at = world.clock() - timedelta(days=days)
        world.jobs.save(
            a_job(
                number,
                name=name,
                status=status,
                products=products,
                cert_identifiers=(certificate,),
                created_at=at,
                schedule_time=at + timedelta(days=3 * number),
            )
        )
    return command


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), [1, 2, 3]),
        (("--status", "error"), [2]),
        (("--product", "ALB"), [2, 3]),
        (("--product", "ALB", "--product", "CDN", "--status", "success"), [1]),
        (("--certificate", "8"), [2, 3]),
        (("--certificate", "8-cn-hangzhou", "--product", "CDN"), [2]),
        (("--since", "6d"), [2, 3]),
        (("--since", "2000-01-01T00:00Z"), [1, 2, 3]),
        (("--name", "shop*"), [1, 2]),
        (("--name", "shop ?y*", "--name", "api"), [2, 3]),
        (("--sort", "name"), [2, 3, 1]),
        (("--sort", "status"), [3, 1, 2]),
        (("--sort", "slots", "--reverse"), [1, 2, 3]),
        (("--sort", "due"), [1, 2, 3]),
        (("--reverse",), [3, 2, 1]),
        (("--status", "editing"), []),
    ],
)
def test_options_narrow_the_list_down_together(
    jobs: Command, options: tuple[str, ...], found: list[int]
) -> None:
    listed = jobs("job", "list", *options, "--json")
    assert [job["JobId"] for job in listed.json["Jobs"]] == found


def test_rows_are_written_as_csv_with_whole_ids(jobs: Command) -> None:
    ran = jobs("job", "list", "--csv", "--columns", "job,products,certificates,created", "--product", "CDN")

    rows = list(csv.reader(io.StringIO(ran.out)))
    assert rows[0] == ["job", "products", "certificates", "created"]
    assert [row[:3] for row in rows[1:]] == [
        ["1", "CDN 3", "7-cn-hangzhou"],
        ["2", "ALB 1, CDN 1", "8-cn-hangzhou"],
    ]
    assert rows[1][3].endswith("+00:00")


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--certificate", "999"), 5, "999"),
        (("--since", "yesterday"), 2, "--since 'yesterday': not a span"),
        (("--since", "2026-05-01T00:00"), 2, "it has no time zone"),
        (("--since", "999999w"), 2, "--since '999999w': before there were clocks"),
        (("--columns", "jobb"), 2, "did you mean job?"),
        (("--json", "--csv"), 2, "choose one of them"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(
    jobs: Command, options: tuple[str, ...], code: int, told: str
) -> None:
    ran = jobs("job", "list", *options)

    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert told in ran.err
