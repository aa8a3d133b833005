"""A plan as a person reads it: what is left alone for one reason does not hide the rest."""

from __future__ import annotations

import pytest

from cli import columns, output
from cli.job_list import USUAL, job_columns
from cli.job_tables import show_job, show_plan
from shared.domain.consequences import Consequence
from shared.domain.expected import Expected
from shared.domain.matching import Action
from shared.domain.plans import StandsBeside
from shared.domain.quota import JobQuota, QuotaMode
from shared.services.manage import Managed
from shared.services.outcome import ListedJob
from tests.builders import a_job, a_listener_slot, a_plan, a_plan_entry, a_resource, a_worker

QUOTA = JobQuota(mode=QuotaMode.ADVISORY, need=1)
EXPECTED = Expected(calls=3, seconds=1)
OUTSIDE = "outside the scope: CERTDEPLOY_PRODUCTS does not include CDN"


def test_of_many_slots_with_one_reason_some_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    many = [
        a_plan_entry(a_resource(f"{n}.example.com"), action=Action.LEAVE, reason=OUTSIDE) for n in range(8)
    ]
    alone = a_plan_entry(a_resource("x.example.com"), action=Action.LEAVE, reason="HTTPS is off")

    show_plan(a_plan(*many[:4], alone, *many[4:]), QUOTA, EXPECTED)

    rows = [line.split("  ")[0] for line in capsys.readouterr().out.partition("Left alone")[2].splitlines()]
    assert rows[2:9] == [
        *(f"CDN/-/{n}.example.com" for n in range(5)),
        "3 more (--json lists them)",
        "CDN/-/x.example.com",
    ]


def test_what_else_changes_is_counted_first_and_then_told_slot_by_slot_at_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    key = Consequence(code="key", text="the kind of key changes (ECC → RSA)")
    changed = [
        a_plan_entry(a_resource(f"{n}.example.com"), warnings=(key,), days_gained=-138) for n in range(7)
    ]
    beside = (StandsBeside(cert_identifier="9-cn-hangzhou", algorithm="ECC"),)
    listener = a_plan_entry(a_listener_slot(), beside=beside, days_gained=190)

    show_plan(a_plan(*changed, listener), QUOTA, EXPECTED)

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "7 slots: the kind of key changes"
    assert any("0.example.com" in line and "1 → 7" in line and "-138" in line for line in lines)
    start = lines.index("What else changes")
    told = " ".join(lines[start + 2 :])
    assert told.count("CDN/-/") == 5
    assert "ALB/cn-hangzhou/lsn-1/default" in told.split()
    assert told.startswith("CDN/-/0.example.com the kind of key changes (ECC → RSA) CDN/-/1.example.com ")
    assert "2 more (--json lists them) the kind of key changes (ECC → RSA)" in told
    assert "(alb-1:443" in told.split()
    assert "its listener also has 9" in told
    assert any("+190" in line for line in lines[:start])


@pytest.mark.parametrize(
    "present", ["sha256:" + "0f" * 32, "arn:aws:acm:ap-southeast-1:123456789012:certificate/" + "0f" * 18]
)
def test_at_80_columns_no_certificate_is_so_long_that_it_hides_the_slot(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, present: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    resource = a_resource("a.example.com", cert_identifier=present)

    show_plan(a_plan(a_plan_entry(resource)), QUOTA, EXPECTED)
    show_job(Managed(job=a_job(), workers=(a_worker(resource=resource),)))
    job = a_job(name="a job", cert_identifiers=tuple(f"{10**7 + n}-cn-hangzhou" for n in range(30)))
    columns.show(
        columns.chosen(job_columns(), None, USUAL),
        [ListedJob(**vars(job), outcome="editing")],
    )

    shown = capsys.readouterr().out
    lines = [line.split() for line in shown.splitlines()]
    assert sum(line[:1] == ["CDN/-/a.example.com"] for line in lines) == 2
    assert output.handle(present) in shown
    assert ["Job", "Name", "Status", "Due", "(UTC)", "Certificates", "Slots", "Done"] in lines
    assert any(line[:4] == ["1", "a", "job", "editing"] for line in lines)


def test_a_job_tells_why_a_certificate_was_chosen_where_more_than_its_names_speaks_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = "what is in place ended on 2026-04-30, so it is replaced although the kind of key changes"
    workers = [
        a_worker(number, resource=a_resource(f"{name}.example.com"), chosen_because=why)
        for number, (name, why) in enumerate([("b", ended), ("a", ended), ("c", "its names are covered")])
    ]

    show_job(Managed(job=a_job(), workers=tuple(workers)))

    shown = " ".join(capsys.readouterr().out.partition("Why this certificate")[2].split())
    assert shown.index("CDN/-/a.example.com") < shown.index("CDN/-/b.example.com")
    assert "what is in place ended on 2026-04-30, so it is" in shown
    assert "c.example.com" not in shown


def test_a_job_without_such_a_reason_has_no_table_of_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    show_job(Managed(job=a_job(), workers=(a_worker(chosen_because="its names are covered"), a_worker(2))))

    assert "Why this certificate" not in capsys.readouterr().out
