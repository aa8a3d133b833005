"""A plan as a person reads it: what is left alone for one reason does not hide the rest."""

from __future__ import annotations

from typing import cast

import pytest

from cli.job_tables import show_plan
from shared.domain.matching import Action
from shared.services.world import World
from tests.builders import a_plan, a_plan_entry, a_resource

OUTSIDE = "outside the scope: CERTDEPLOY_PRODUCTS does not include CDN"


def test_of_many_slots_with_one_reason_some_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    many = [
        a_plan_entry(a_resource(f"{n}.example.com"), action=Action.LEAVE, reason=OUTSIDE) for n in range(8)
    ]
    alone = a_plan_entry(a_resource("x.example.com"), action=Action.LEAVE, reason="HTTPS is off")

    show_plan(a_plan(*many[:4], alone, *many[4:]), cast(World, None))

    rows = [line.split("  ")[0] for line in capsys.readouterr().out.partition("Left alone")[2].splitlines()]
    assert rows[2:9] == [
        *(f"CDN/-/{n}.example.com" for n in range(5)),
        "3 more (--json lists them)",
        "CDN/-/x.example.com",
    ]
