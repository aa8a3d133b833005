"""The log of calls says who called what and how it ended, and holds no secret."""

from __future__ import annotations

import pytest

from emulator.calls import without_secrets
from emulator.faults import Fault
from emulator.server import Server
from tests.functional.emulator.clients import admin, call, refusal
from tests.keys import key_pem, rsa_key

PEM = key_pem(rsa_key(), traditional=True)


def test_a_call_is_recorded_with_its_end(server: Server) -> None:
    role = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc"}
    server.cloud.faults.add(Fault("GetCallerIdentity"))

    answer = call(server, "AssumeRole", query=role)
    refusal(server, "GetCallerIdentity")
    refusal(server, "Nothing")

    first, second, third = server.cloud.calls
    assert (first.api, first.action, first.params, first.status) == ("Sts", "AssumeRole", role, 200)
    assert first.request_id == answer["RequestId"]
    assert (second.status, second.code) == (503, "ServiceUnavailable")
    assert (third.action, third.code) == ("Nothing", "InvalidAction.NotFound")


@pytest.mark.parametrize(
    "params",
    [
        {"Key": PEM},
        {"Key": "anything"},
        {"SSLPri": PEM},
        {"PrivateKey": PEM},
        {"EncryptPrivateKey": "abc"},
        {"Whatever": PEM},
        {"List": [PEM, "x"]},
        {"Deep": {"Deeper": [{"Cert": "x\n" + PEM}]}},
        {"AccessKeySecret": "abc"},
        {"Bytes": PEM.encode()},
        {"Parameters": [{"ParameterKey": "WebhookUrl", "ParameterValue": "abc"}]},
    ],
)
def test_keys_are_hidden_at_any_depth(params: dict[str, object]) -> None:
    hidden = str(without_secrets(params))

    assert "***" in hidden
    assert "PRIVATE KEY" not in hidden
    assert "abc" not in hidden


def test_what_is_no_secret_stays() -> None:
    params = {"CertId": 7, "DryRun": True, "Keyword": "example.com", "Ids": ["1", "2"]}

    assert without_secrets(params) == params


def test_the_log_is_read_and_cleared_over_http(server: Server) -> None:
    call(server, "GetCallerIdentity")

    assert [record["action"] for record in admin(server, "GET", "calls")] == ["GetCallerIdentity"]
    admin(server, "DELETE", "calls")
    assert admin(server, "GET", "calls") == []
