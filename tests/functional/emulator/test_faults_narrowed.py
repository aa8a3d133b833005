"""Faults that strike by parameters, by lot, or late, and how many there may be."""

from __future__ import annotations

from contextlib import suppress
from http.client import HTTPException
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from darabonba.exceptions import DaraException

from emulator.faults import Fault
from emulator.server import Server
from tests.functional.emulator.clients import admin, call, legacy, plain, refusal, wrong

STS = "2015-04-01"
ROLE = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc"}


def test_a_fault_strikes_calls_with_certain_parameters_alone(server: Server) -> None:
    order = {"api": "Sts", "action": "AssumeRole", "params": {"RoleArn": "*:role/x", "DurationSeconds": 900}}
    ordered = admin(server, "POST", "faults", order)

    assert call(server, "AssumeRole", STS, ROLE)
    assert call(server, "AssumeRole", STS, {**ROLE, "DurationSeconds": 901})
    assert call(server, "AssumeRole", STS, {**ROLE, "RoleArn": "acs:ram::1:role/y", "DurationSeconds": 900})
    assert refusal(server, "AssumeRole", STS, {**ROLE, "DurationSeconds": 900})[0] == 503
    assert admin(server, "GET", f"faults/{ordered['id']}")["struck"] == 1


def test_a_part_of_a_list_fits_and_so_does_a_switch(server: Server) -> None:
    fault = Fault("X", params={"Ids": "b*", "On": True}, times=9)

    def strikes(params: dict[str, Any]) -> bool:
        return fault.strike("cdn", "X", "", params, "before") is not None

    assert strikes({"Ids": ["a", "bc"], "On": True})
    assert strikes({"Ids": [{"Id": "b"}], "On": True})
    assert not strikes({"Ids": ["a"], "On": True})
    assert not strikes({"Ids": ["b"], "On": False})
    assert not strikes({"On": True})


def test_a_fault_strikes_by_lot_and_with_the_same_seed_the_same_calls(server: Server) -> None:
    def struck(seed: int) -> list[bool]:
        fault = Fault("GetCallerIdentity", times=100, probability=0.3, seed=seed)
        return [fault.strike("sts", "GetCallerIdentity", "", {}, "before") is not None for _ in range(100)]

    assert 15 < sum(struck(1)) < 45
    assert struck(1) == struck(1) != struck(2)
    admin(
        server, "POST", "faults", {"action": "GetCallerIdentity", "probability": 0.5, "times": 1, "seed": 3}
    )
    assert sum(refused(server) for _ in range(20)) == 1


def refused(server: Server) -> bool:
    try:
        call(server, "GetCallerIdentity")
    except DaraException:
        return True
    return False


@pytest.mark.parametrize(
    ("more", "status"), [({}, 503), ({"drop": True}, 0), ({"refuse": False}, 200)], ids=str
)
def test_an_answer_comes_late_and_others_do_not_wait_for_it(
    server: Server, more: dict[str, Any], status: int
) -> None:
    admin(server, "POST", "faults", {"action": "GetCallerIdentity", "latency_ms": 60, **more})
    target = legacy(server.cloud, {"Action": "GetCallerIdentity", "Version": STS})
    told: list[tuple[int, float]] = []

    def late() -> None:
        found = 0
        with suppress(OSError, HTTPException):
            found = plain(server, "GET", target)[0]
        told.append((found, monotonic()))

    begun, thread = monotonic(), Thread(target=late)
    thread.start()
    while not server.cloud.faults[0].struck:
        sleep(0.001)
    assert plain(server, "GET", "/_emulator/health")[0] == 200
    other = monotonic()
    thread.join(5)

    assert told[0][0] == status
    assert told[0][1] - begun >= 0.06
    assert other < told[0][1]


def test_faults_and_denials_are_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.faults.MOST", 1)
    monkeypatch.setattr("emulator.cloud.MOST", 1)
    for name, order in (("faults", {"action": "AssumeRole"}), ("denials", {"ram_action": "sts:*"})):
        admin(server, "POST", name, order)
        assert f"there are 1 {name} already" in wrong(server, name, order)
    server.cloud.faults.clear()
