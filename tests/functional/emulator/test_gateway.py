"""What the gateway refuses before any product is asked, and the forms in which it answers."""

from __future__ import annotations

import asyncio
import json
from threading import Thread
from typing import Any

import pytest

from emulator.api import ApiError, Param
from emulator.cloud import Cloud
from emulator.declared import Action, declarations
from emulator.server import Server, running
from emulator.service import EmulatedService
from emulator.services import service_classes
from tests.functional.emulator.clients import admin, call, legacy, plain, refusal
from tests.keys import ec_key, key_pem

STS = "2015-04-01"
ACTION = Action(
    "Bind",
    ("GET", "POST"),
    "/",
    (
        Param("Id", "Integer", "query", required=True),
        Param("Big", "Long", "query"),
        Param("DryRun", "Boolean", "query"),
        Param("Name", "String", "query"),
        Param("Ids", "Array", "query", element=Param("", "Long", "query")),
        Param(
            "Certificates",
            "Array",
            "query",
            element=Param("", "Struct", "query", fields=(Param("CertificateId", "String", "query"),)),
        ),
        Param("Quic", "Struct", "query", fields=(Param("Upgrade", "Boolean", "query"),)),
        Param("Filter", "Json", "query"),
    ),
)


def test_an_answer_is_compact_json_that_begins_with_its_request_id(server: Server) -> None:
    target = legacy(server.cloud, {"Action": "GetCallerIdentity", "Version": STS})

    body = plain(server, "GET", target)[2]

    assert body.startswith(b'{"RequestId":"')
    assert b'": ' not in body


def test_an_unknown_action_is_refused(server: Server) -> None:
    status, code, message = refusal(server, "DescribeMoon")

    assert (status, code) == (404, "InvalidAction.NotFound")
    assert "DescribeMoon is not emulated" in message


def test_an_unknown_version_is_refused(server: Server) -> None:
    assert refusal(server, "GetCallerIdentity", "1999-01-01")[:2] == (400, "InvalidVersion")


def test_a_missing_parameter_is_refused_by_its_name(server: Server) -> None:
    query = {"RoleArn": "acs:ram::1:role/x"}

    assert refusal(server, "AssumeRole", STS, query)[:2] == (400, "MissingRoleSessionName")


def test_an_unknown_parameter_is_overlooked(server: Server) -> None:
    assert call(server, "GetCallerIdentity", STS, {"Colour": "blue", "Ids.1.Size": "7"})


def test_a_strict_emulator_refuses_an_unknown_parameter_by_its_name(server: Server) -> None:
    server.cloud.strict = True

    status, code, message = refusal(server, "GetCallerIdentity", STS, {"Colour": "blue"})

    assert (status, code) == (400, "InvalidParameter")
    assert "Colour" in message
    assert "blue" not in message


def test_a_malformed_integer_is_refused(server: Server) -> None:
    query = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc", "DurationSeconds": "1h"}

    status, code, message = refusal(server, "AssumeRole", STS, query)

    assert (status, code) == (400, "InvalidParameter")
    assert "DurationSeconds" in message


def test_parameters_may_come_in_the_form(server: Server) -> None:
    form = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc"}

    assert call(server, "AssumeRole", STS, form=form)["Credentials"]


def test_a_url_far_over_eight_kilobytes_is_taken(server: Server) -> None:
    query = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc", "ExternalId": "x" * 600_000}

    assert call(server, "AssumeRole", STS, query)["Credentials"]


def test_a_refusal_has_every_field_of_the_vendors(server: Server) -> None:
    status, headers, body = plain(server, "GET", f"/?Action=Nothing&Version={STS}")
    refused = json.loads(body)

    assert status == 400
    assert set(refused) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert headers["x-acs-request-id"] == refused["RequestId"]


@pytest.mark.parametrize(
    ("named", "params"),
    [
        ({"Id": "7"}, {"Id": 7}),
        ({"Id": "-7", "Big": str(2**40)}, {"Id": -7, "Big": 2**40}),
        ({"Id": "1", "DryRun": "True"}, {"Id": 1, "DryRun": True}),
        ({"Id": "1", "Name": ""}, {"Id": 1, "Name": ""}),
        ({"Id": "1", "RegionId": "cn-beijing"}, {"Id": 1}),
        ({"Id": "1", "Ids.10": "3", "Ids.2": "4"}, {"Id": 1, "Ids": [4, 3]}),
        (
            {"Id": "1", "Certificates.1.CertificateId": "5-cn-hangzhou"},
            {"Id": 1, "Certificates": [{"CertificateId": "5-cn-hangzhou"}]},
        ),
        ({"Id": "1", "Quic.Upgrade": "false"}, {"Id": 1, "Quic": {"Upgrade": False}}),
        ({"Id": "1", "Filter": '["a"]'}, {"Id": 1, "Filter": ["a"]}),
        ({"Id": "1", "name": "x", "Moon": "x", "Moon.1": "y"}, {"Id": 1}),
        ({"Id": "1", "Quic.Upgrade": "true", "Quic.Speed": "x"}, {"Id": 1, "Quic": {"Upgrade": True}}),
        ({"Id": "1", "Certificates.1.Colour": "x"}, {"Id": 1, "Certificates": [{}]}),
    ],
)
def test_parameters_arrive_typed(named: dict[str, str], params: dict[str, Any]) -> None:
    assert ACTION.parse(named) == params


@pytest.mark.parametrize(
    ("named", "code", "says"),
    [
        ({}, "MissingId", "Id is mandatory"),
        ({"Id": ""}, "MissingId", "Id is mandatory"),
        ({"Id": "1.5"}, "InvalidParameter", '"Id"'),
        ({"Id": str(2**31)}, "InvalidParameter", "32 bits"),
        ({"Id": "1", "DryRun": "yes"}, "InvalidParameter", "true or false"),
        ({"Id": "1", "Name.1": "x"}, "InvalidParameter", "single value"),
        ({"Id": "1", "Ids": "3"}, "InvalidParameter", "Ids.1"),
        ({"Id": "1", "Ids.0": "3"}, "InvalidParameter", "Ids.1"),
        ({"Id": "1", "Ids.1": "x"}, "InvalidParameter", '"Ids.1"'),
        ({"Id": "1", "Certificates.1.Colour": "x"}, "InvalidParameter", "Certificates.1.Colour"),
        ({"Id": "1", "Certificates.1": "x"}, "InvalidParameter", "Certificates.1.CertificateId"),
        ({"Id": "1", "Quic.Speed": "x"}, "InvalidParameter", "Quic.Speed"),
        ({"Id": "1", "Filter": "{"}, "InvalidParameter", "JSON"),
        ({"Id": "1", "name": "x"}, "InvalidParameter", '"name"'),
        ({"Id": "1", "Ids.1": "3", "Ids": "3"}, "InvalidParameter", "both"),
        ({"Id": "1", "Ids": "3", "Ids.1": "3"}, "InvalidParameter", "both"),
    ],
)
def test_what_the_declaration_does_not_allow_is_refused(named: dict[str, str], code: str, says: str) -> None:
    with pytest.raises(ApiError, match=says) as refused:
        ACTION.parse(named, strict=True)

    assert (refused.value.status, refused.value.code) == (400, code)


def test_latency_delays_each_call_and_not_the_next(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four calls wait at the same time, or none would come to its end."""
    waiting: list[float] = []
    together, sleep = asyncio.Event(), asyncio.sleep

    async def wait(seconds: float) -> None:
        if seconds == 12.5:
            waiting.append(seconds)
            if len(waiting) == 4:
                together.set()
            await together.wait()
        else:
            await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", wait)
    server.cloud.latency_s = 12.5
    threads = [Thread(target=call, args=(server, "GetCallerIdentity")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [record.status for record in server.cloud.calls] == [200] * 4
    assert waiting == [12.5] * 4


def test_a_denied_action_says_what_policy_is_missing(server: Server) -> None:
    server.cloud.deny("sts:AssumeRole", resource="acs:ram::2:*", region="cn-beijing")
    query = {"RoleArn": "acs:ram::2:role/x", "RoleSessionName": "abc"}
    other = {**query, "RoleArn": "acs:ram::3:role/x"}
    beijing = "sts.cn-beijing.aliyuncs.com"

    assert refusal(server, "AssumeRole", STS, query, host=beijing)[:2] == (403, "Forbidden.RAM")
    assert call(server, "AssumeRole", STS, query)
    assert call(server, "AssumeRole", STS, other, host=beijing)


def test_a_mistake_in_a_product_is_answered_as_an_internal_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_call: object) -> None:
        raise RuntimeError(key_pem(ec_key()))

    monkeypatch.setattr(server.cloud.service("sts"), "GetCallerIdentity", broken)

    status, code, message = refusal(server, "GetCallerIdentity")

    assert (status, code) == (500, "InternalError")
    assert "PRIVATE" not in message


def test_several_clouds_at_once_share_nothing(server: Server) -> None:
    with running(Cloud()) as other:
        assert refusal(other, "GetCallerIdentity", key=server.cloud.key)[0] == 404
        assert call(other, "GetCallerIdentity")
    assert not server.cloud.calls


def test_a_port_in_use_is_an_error_at_once(server: Server) -> None:
    with pytest.raises(OSError, match="in use"), running(Cloud(), server.port):
        pass


def test_reset_forgets_all_but_the_access_keys(server: Server) -> None:
    server.cloud.deny("sts:*")
    assert refusal(server, "GetCallerIdentity")[0] == 403
    before = server.cloud.service("sts")

    admin(server, "POST", "reset")

    assert not server.cloud.calls
    assert server.cloud.service("sts") is not before
    assert call(server, "GetCallerIdentity")


def test_the_admin_requests_say_what_is_wrong(server: Server) -> None:
    assert plain(server, "GET", "/_emulator/nothing")[0] == 404
    status, _, body = plain(server, "POST", "/_emulator/faults", body=b'{"colour":1}')
    assert (status, b"colour" in body) == (400, True)
    assert admin(server, "GET", "health")["status"] == "ok"


@pytest.mark.parametrize("name", sorted(service_classes()))
def test_a_service_and_its_declaration_belong_together(name: str) -> None:
    service: type[EmulatedService] = service_classes()[name]
    if service.style in ("OSS", "OTS", "SLS") or not service.version:
        return  # answers in its own words, or, as AWS, has no action on this port
    declared = declarations()[name]

    assert (declared.version, declared.style) == (service.version, service.style)
    for action in declared.actions:
        assert callable(getattr(service, action, None)), f"{name} lacks {action}"
