"""Faults to order strike the calls they name, before or after the change, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ThrottlingException

from emulator.cloud import Cloud
from emulator.declared import declarations
from emulator.faults import Fault
from emulator.server import Server
from tests.functional.emulator.clients import admin, call, plain, refusal, wrong

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
    server.cloud.faults.add(Fault("DescribeRegions", region="cn-beijing", api="nlb"))
    elsewhere = server.cloud.faults.add(Fault("DescribeRegions", region="cn-beijing", api="slb"))

    def at(region: str) -> dict[str, str]:
        return {"host": f"nlb.{region}.aliyuncs.com", "version": "2022-04-30"}

    assert call(server, "DescribeRegions", **at("cn-hangzhou"))
    assert refusal(server, "DescribeRegions", **at("cn-beijing"))[0] == 503
    assert call(server, "DescribeRegions", **at("cn-beijing"))
    server.cloud.faults.take_back(elsewhere.id)


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
    admin(server, "POST", "denials", {"ram_action": "sts:GetCallerIdentity"})

    assert refusal(server, "GetCallerIdentity")[0] == 403


def test_all_that_is_wrong_with_a_fault_is_said_at_once(server: Server) -> None:
    bad = {
        "action": "",
        "when": "afterwards",
        "times": "2",
        "passing": -1,
        "status": 200,
        "drop": 1,
        "colour": "blue",
        "id": "7",
        "region": "moon",
        "retry_after_ms": 0.5,
    }

    said = wrong(server, "faults", bad)

    named = [line.split(":")[0] for line in said.removeprefix("POST faults: ").splitlines()]
    assert sorted(named) == sorted(bad)
    assert '"afterwards" is not one of before, after' in said
    assert server.cloud.faults == []


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({}, "action: is missing"),
        ([], "the body takes a JSON object"),
        ({"action": "SetCdnDomainSSLCertificat"}, 'did you mean "SetCdnDomainSSLCertificate"?'),
        ({"action": "AssumeRole", "api": "cdn"}, "is no action of cdn"),
        ({"action": "AssumeRole", "api": "tss"}, '"tss" is not emulated; did you mean "sts"?'),
        ({"action": "PatchSecrets"}, "is no action"),
        ({"kind": "lazy", "action": "AssumeRole"}, "kind: is one of"),
        ({"kind": "busy", "api": "alb", "times": 2}, "times: unknown field"),
        ({"kind": "busy", "api": "sts"}, 'no busy codes of "sts" are known'),
        ({"action": "AssumeRole", "params": {"RoleArm": "x"}}, 'did you mean "RoleArn"?'),
        ({"action": "PutCname", "params": {"cname": "x"}}, '"cname" is no parameter of PutCname'),
        ({"action": "UpdateDistribution", "params": {"Id": "x"}}, '"Id" is no parameter'),
        ({"action": "AssumeRole", "params": {"RoleArn": ["x"]}}, "params.RoleArn"),
        ({"action": "AssumeRole", "probability": 0}, "probability: "),
        ({"action": "AssumeRole", "latency_ms": 600_001}, "latency_ms: "),
        ({"action": "AssumeRole", "refuse": False}, "without latency_ms nothing would go wrong"),
        ({"action": "AssumeRole", "refuse": False, "latency_ms": 1, "drop": True}, "drop: "),
        ({"action": "AssumeRole", "time": 2}, 'time: unknown field; did you mean "times"?'),
    ],
)
def test_a_fault_that_could_never_strike_is_refused(server: Server, order: Any, says: str) -> None:
    assert says in wrong(server, "faults", order)


@pytest.mark.parametrize("action", ["PatchSecret", "ListAlbConfigs", "UpdateDistribution", "PutCname"])
def test_faults_of_clusters_aws_and_oss_are_known(cloud: Cloud, action: str) -> None:
    assert cloud.faults.add(Fault(action)).id
    cloud.faults.clear()


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"ram_action": "sts:AsumeRole"}, 'did you mean "sts:AssumeRole"?'),
        ({"ram_action": "AssumeRole", "resouce": 1}, "resouce: unknown field"),
    ],
)
def test_a_denial_that_could_never_meet_a_call_is_refused(server: Server, order: Any, says: str) -> None:
    assert says in wrong(server, "denials", order)


def test_a_fault_is_shown_and_taken_back_alone(server: Server) -> None:
    one, other = (admin(server, "POST", "faults", {"action": "GetCallerIdentity"})["id"] for _ in range(2))

    assert admin(server, "GET", f"faults/{one}")["struck"] == 0
    assert admin(server, "DELETE", f"faults/{one}")["id"] == one
    assert [row["id"] for row in admin(server, "GET", "faults")] == [other]
    assert plain(server, "DELETE", f"/_emulator/faults/{one}")[0] == 404
    assert refusal(server, "GetCallerIdentity")[0] == 503
    assert call(server, "GetCallerIdentity")
    assert admin(server, "GET", f"faults/{other}")["struck"] == 1


def test_all_faults_are_taken_back(server: Server) -> None:
    admin(server, "POST", "faults", {"action": "GetCallerIdentity"})
    admin(server, "DELETE", "faults")

    assert call(server, "GetCallerIdentity")


def test_a_denial_is_taken_back_alone(server: Server) -> None:
    one = admin(server, "POST", "denials", {"ram_action": "sts:*"})["id"]
    assert refusal(server, "GetCallerIdentity")[0] == 403

    admin(server, "DELETE", f"denials/{one}")

    assert call(server, "GetCallerIdentity")
    assert admin(server, "GET", "denials") == []


BUSY = {
    "alb": {"-21013", "LockFailed"},
    "nlb": {"OperationFailed.ResourceIsConfiguring"},
    "slb": {"OperationFailed.TokenIsProcessing", "VServerGroupProcessing"},
    "ga": {"GA_NOT_STEADY"},
    "cloudapi": {"ConcurrencyLockTimeout"},
    "waf-openapi": {"Waf.Pullin.ResourceProcessing"},
    "esa": {"Site.ServiceBusy", "Record.ServiceBusy", "TooManyRequests", "LockFailed"},
    "live": {"LockFail"},
    "vod": {"3", "2001"},
    "cdn": {"ServiceBusy"},
    "dcdn": {"ServiceBusy"},
}


@pytest.mark.parametrize("api", BUSY)
def test_a_busy_product_refuses_each_write_once_in_its_own_words(server: Server, api: str) -> None:
    module = api.replace("-", "_")
    service = server.cloud.services[module]
    write, names = a_write(module)
    ordered = admin(server, "POST", "faults", {"kind": "busy", "api": api})

    def code(text: str) -> str:
        params = dict.fromkeys(names, text)
        return refusal(server, write, service.version, params, method="POST")[1]

    first = {code(str(number)) for number in range(1, 5)}
    again = {code(str(number)) for number in range(1, 5)}

    assert first == BUSY[api]
    assert not again & BUSY[api]
    assert admin(server, "GET", f"faults/{ordered['id']}")["struck"] == 4


def a_write(module: str) -> tuple[str, list[str]]:
    """A change whose required parameters are plain, and these."""
    for name, action in declarations()[module].actions.items():
        needed = [param for param in action.params if param.required]
        plain_ones = all(param.type in ("String", "Integer", "Long") for param in needed)
        if plain_ones and name.startswith(("Set", "Update", "Modify")):
            return name, [param.name for param in needed]
    raise LookupError(module)


def test_a_write_is_the_same_with_another_token_and_another_in_another_region(server: Server) -> None:
    """As clients repeat it."""
    write, names = a_write("nlb")
    params = dict.fromkeys(names, "x")
    admin(server, "POST", "faults", {"kind": "busy", "api": "nlb", "region": "cn-beijing"})

    def busy(region: str, token: str) -> bool:
        host = f"nlb.{region}.aliyuncs.com"
        query = {**params, "ClientToken": token}
        return refusal(server, write, "2022-04-30", query, host=host)[1] in BUSY["nlb"]

    assert [busy("cn-shanghai", "a"), busy("cn-beijing", "a"), busy("cn-beijing", "b")] == [
        False,
        True,
        False,
    ]


def test_a_busy_product_can_be_read(server: Server) -> None:
    ordered = admin(server, "POST", "faults", {"kind": "busy", "api": "cdn"})

    assert call(server, "DescribeUserDomains", "2018-05-10")
    assert [fault.id for fault in server.cloud.faults.unhit()] == [ordered["id"]]
    admin(server, "DELETE", f"faults/{ordered['id']}")


def test_options_are_shown_and_changed_at_run_time(server: Server) -> None:
    assert admin(server, "GET", "options")["strict"] is False
    assert admin(server, "POST", "options", {"strict": True})["strict"] is True
    assert refusal(server, "GetCallerIdentity", query={"Colour": "x"})[1] == "InvalidParameter"
    assert "strict" in wrong(server, "options", {"strict": "yes"})
