"""Faults to order strike the calls they name, before or after the change, and no other."""

from __future__ import annotations

import pytest
from alibabacloud_tea_openapi.exceptions import ThrottlingException

from emulator.cloud import Cloud
from emulator.faults import Fault
from emulator.server import Server
from tests.functional.emulator.clients import admin, call, plain, refusal

STS = "2015-04-01"
ROLE = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc"}


def sessions(cloud: Cloud) -> int:
    return sum(key.expires is not None for key in cloud.keys.all())


def test_a_fault_before_leaves_everything_as_it_was(server: Server) -> None:
    server.cloud.faults.add(Fault("AssumeRole", 503, "ServiceUnavailable"))

    assert refusal(server, "AssumeRole", STS, ROLE)[:2] == (503, "ServiceUnavailable")
    assert sessions(server.cloud) == 0


def test_a_fault_after_loses_the_answer_and_not_the_change(server: Server) -> None:
    server.cloud.faults.add(Fault("AssumeRole", 500, "InternalError", when="after"))

    assert refusal(server, "AssumeRole", STS, ROLE)[:2] == (500, "InternalError")
    assert sessions(server.cloud) == 1


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_gives_no_answer(server: Server, when: str, made: int) -> None:
    server.cloud.faults.add(Fault("AssumeRole", when=when, drop=True))  # type: ignore[arg-type]

    with pytest.raises(Exception, match="onnection"):
        call(server, "AssumeRole", STS, ROLE)

    assert sessions(server.cloud) == made
    assert server.cloud.calls[-1].status == 0
    assert call(server, "AssumeRole", STS, ROLE)


def test_a_fault_strikes_as_often_as_it_says(server: Server) -> None:
    server.cloud.faults.add(Fault("GetCallerIdentity", 400, "Throttling.User", times=2))

    codes = [refusal(server, "GetCallerIdentity")[1] for _ in range(2)]

    assert codes == ["Throttling.User"] * 2
    assert call(server, "GetCallerIdentity")


def test_a_fault_lets_calls_pass_before_it_strikes(server: Server) -> None:
    server.cloud.faults.add(Fault("GetCallerIdentity", 400, "Throttling.User", passing=1))

    assert call(server, "GetCallerIdentity")
    assert refusal(server, "GetCallerIdentity")[1] == "Throttling.User"
    assert call(server, "GetCallerIdentity")


def test_a_fault_is_narrowed_by_product_and_region(server: Server) -> None:
    fault = Fault("GetCallerIdentity", region="cn-beijing", api="sts")
    server.cloud.faults.add(Fault("GetCallerIdentity", region="cn-beijing", api="cdn", times=0))
    server.cloud.faults.add(fault)

    assert call(server, "GetCallerIdentity", host="sts.cn-hangzhou.aliyuncs.com")
    assert refusal(server, "GetCallerIdentity", host="sts.cn-beijing.aliyuncs.com")[0] == 503


def test_a_fault_may_say_when_to_come_again(server: Server) -> None:
    server.cloud.faults.add(Fault("GetCallerIdentity", 429, "Throttling", retry_after_ms=1500))

    with pytest.raises(ThrottlingException) as refused:
        call(server, "GetCallerIdentity")

    assert refused.value.retry_after == 1500


def test_an_unhit_fault_is_told(cloud: Cloud) -> None:
    fault = cloud.faults.add(Fault("AssumeRole"))

    assert cloud.faults.unhit() == [fault]
    cloud.faults.clear()


def test_faults_can_be_ordered_at_run_time(server: Server) -> None:
    admin(server, "POST", "faults", {"action": "GetCallerIdentity", "status": 500, "code": "X"})

    assert refusal(server, "GetCallerIdentity")[:2] == (500, "X")
    assert admin(server, "GET", "faults")[0]["times"] == 0


def test_denials_can_be_ordered_at_run_time(server: Server) -> None:
    admin(server, "POST", "deny", {"ram_action": "sts:GetCallerIdentity"})

    assert refusal(server, "GetCallerIdentity")[0] == 403


def test_a_fault_that_makes_no_sense_is_refused(server: Server) -> None:
    bad = b'{"action":"X","when":"sometimes"}'

    assert plain(server, "POST", "/_emulator/faults", body=bad)[0] == 400
