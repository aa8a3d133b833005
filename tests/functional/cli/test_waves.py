"""A job in waves on the command line: asked for, shown, let go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.job_watch import Pace
from cli.session import session
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.waves import Waves
from tests.builders import NOW, a_job, a_resource, a_worker
from tests.functional.cli.conftest import Command

RENEWED = 10743322
CREATE = ("job", "create", "--name", "spring", "--certificate", str(RENEWED), "--draft")
W = WorkerStatus


def half_done(rest: WorkerStatus = W.HELD, **changes: object) -> None:
    """Job 7, whose canary has ended."""
    world = session().world()
    waves = Waves(canaries=("one",), approval=True)
    facts = {"waves": waves, "status": JobStatus.PROCESSING, "started_at": NOW, "wave_ended_at": NOW}
    world.jobs.save(a_job(7, **{**facts, **changes}))
    for number, status in ((1, W.SUCCESS), (2, rest)):
        slot = a_resource(f"{number}.example.com")
        worker = a_worker(number, job_id=7, wave=number - 1, shard=number, resource=slot, status=status)
        world.workers.add([worker])


def test_a_job_is_made_in_waves_and_shown_so(informed: Command) -> None:
    words = ("--canary", "one", "--pause", "2h", "--approval", "--halt-at", "10%", "--json")

    job = informed(*CREATE, *words).json

    asked = {"Canaries": ["one"], "PauseMinutes": 120.0, "Approval": True, "HaltAtPercent": 10.0}
    assert job["Job"]["Waves"] == asked
    assert job["Counts"] == {"pending": 1, "held": 1}
    shown = informed("job", "show", str(job["Job"]["JobId"])).out
    assert ", 0/2 slots, 1 held" in shown
    assert [line.split() for line in shown.splitlines() if line[:1] in "12" and "1 " in line[:8]][:2] == [
        ["1", "1", "0", "begins", "first"],
        ["2", "1", "0", "held"],
    ]


WAVES = "In waves: one, then the rest; each further one begins"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), f"{WAVES} when the one before has ended, and none if a slot failed (1 + 1 slots)"),
        (("--pause", "30m"), f"{WAVES} 30 min after the one before has ended, and none if a slot failed"),
        (("--approval",), f"{WAVES} when `job continue` lets it, and none if a slot failed"),
        (("--halt-at", "10%"), "and none if more than 10 % of the slots failed (1 + 1 slots)"),
    ],
)
def test_a_preview_says_how_it_is_rolled_out_and_is_approved_for_that(
    informed: Command, words: tuple[str, ...], told: str
) -> None:
    shown = informed("job", "preview", "--certificate", str(RENEWED), "--canary", "one", *words)
    digest = shown.out.split()[-1]

    assert told in shown.out
    at_once = informed(*CREATE, "--digest", digest)
    assert (at_once.code, "slots, certificates or waves have changed" in at_once.err) == (5, True)
    assert informed(*CREATE, "--canary", "one", *words, "--digest", digest).code == 0
    (job,) = session().world().jobs.list()
    assert told.removesuffix(" (1 + 1 slots)") in informed("job", "show", str(job.job_id)).out


def test_a_preview_of_what_is_done_at_once_says_nothing_of_waves(informed: Command) -> None:
    assert "wave" not in informed("job", "preview", "--certificate", str(RENEWED), "--no-waves").out


def test_a_job_that_waits_says_so_and_is_let_go_on(command: Command) -> None:
    half_done()

    shown = command("job", "show", "7")
    assert "1 held, waits for `job continue`" in shown.out.splitlines()[0]
    assert "waits for `certdeploy job continue 7`" in shown.out

    ran = command("job", "continue", "7", "--wave", "2", "--json")
    assert (ran.code, ran.json["Job"]["WaveApproved"]) == (0, 1)
    assert ran.err == "the wave begins as soon as `certdeploy serve` runs\n"
    assert command("job", "continue", "7", "--wave", "2", "--json").json["Job"]["WaveApproved"] == 1


def test_a_job_that_pauses_says_when_its_next_wave_begins(command: Command) -> None:
    half_done(waves=Waves(canaries=("one",), pause_minutes=90))

    assert "1 held, next wave at 2026-05-01 13:30 UTC" in command("job", "show", "7").out.splitlines()[0]


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((W.SUCCESS, W.SUCCESS, W.PROCESSING), "1/min, 1 min left"),
        ((W.SUCCESS, W.SUCCESS, W.PROCESSING, W.HELD), "1/min, 1 min left of this wave"),
        ((W.SUCCESS, W.SUCCESS, W.HELD, W.HELD), ""),
        ((W.SUCCESS, W.SUCCESS), "1/min"),
        ((W.SUCCESS, W.PROCESSING), ""),
    ],
)
def test_the_time_left_is_that_of_what_has_begun(statuses: tuple[WorkerStatus, ...], told: str) -> None:
    workers = [a_worker(number, status=status) for number, status in enumerate(statuses)]

    assert Pace(NOW, 1).told(workers, NOW + timedelta(minutes=1)) == told


def test_a_rollback_does_not_begin_a_wave_again(command: Command) -> None:
    half_done(W.ROLLBACK, status=JobStatus.SUCCESS, wave=1)

    shown = command("job", "show", "7", "--json").json

    assert [wave["State"] for wave in shown["Waves"]] == ["ended", "ended"]


def test_a_job_that_halted_says_why(command: Command) -> None:
    half_done(halted="1 of the 1 slots that it has begun failed (more than 0 %)", status=JobStatus.ERROR)

    shown = command("job", "show", "7").out.splitlines()

    assert ", halted" in shown[0]
    assert "Halted: 1 of the 1 slots that it has begun failed (more than 0 %)" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--canary", "two"), "'two' is none of one, per-product and a part of the slots such as 10%"),
        (("--canary", ""), "--canary: is empty"),
        (("--pause", "30m"), "--pause: there are no waves without --canary"),
        (("--canary", "one", "--pause", "soon"), "--pause 'soon' is not a span such as 30m, 2h or 1d"),
        (("--canary", "one", "--pause", "8d"), "PauseMinutes"),
        (("--canary", "one", "--halt-at", "much"), "--halt-at 'much' is not a part such as 10%"),
        (("--canary", "one", "--halt-at", "100%"), "HaltAtPercent"),
        (("--no-waves", "--canary", "one"), "--no-waves and --canary: choose one of them"),
        (("--no-waves", "--approval"), "--no-waves and --approval: choose one of them"),
    ],
)
def test_what_makes_no_waves_is_refused_in_a_sentence(
    informed: Command, words: tuple[str, ...], told: str
) -> None:
    ran = informed(*CREATE, *words)

    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err
    assert list(session().world().jobs.list()) == []
