"""STS by the vendor's typed client."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alibabacloud_sts20150401 import models
from alibabacloud_sts20150401.client import Client
from alibabacloud_sts20150401.models import AssumeRoleRequest
from darabonba.exceptions import DaraException

from emulator.server import Server
from tests.functional.emulator.clients import call, config
from tests.functional.emulator.official import unknown


@pytest.fixture
def sts(server: Server) -> Client:
    return Client(config(server))


def a_request(**more: object) -> AssumeRoleRequest:
    fields = {"role_arn": "acs:ram::2000000000000002:role/deploy", "role_session_name": "nightly"}
    return AssumeRoleRequest(**{**fields, **more})


def test_a_session_lasts_as_long_as_asked(sts: Client, server: Server) -> None:
    body = sts.assume_role(a_request(duration_seconds=900)).body

    assert body.assumed_role_user.arn == "acs:ram::2000000000000002:assumed-role/deploy/nightly"
    key = server.cloud.keys.of(body.credentials.access_key_id)
    assert key.token == body.credentials.security_token
    assert key.expires is not None
    assert timedelta(0) <= server.cloud.clock() + timedelta(seconds=900) - key.expires < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("duration_seconds", 899, "InvalidParameter.DurationSeconds"),
        ("duration_seconds", 43201, "InvalidParameter.DurationSeconds"),
        ("role_arn", "acs:ram::2:user/x", "InvalidParameter.RoleArn"),
        ("role_session_name", "a b", "InvalidParameter.RoleSessionName"),
    ],
)
def test_what_a_role_does_not_allow_is_refused(sts: Client, field: str, value: object, code: str) -> None:
    with pytest.raises(DaraException) as refused:
        sts.assume_role(a_request(**{field: value}))

    assert refused.value.code == code


def test_the_emulated_key_is_a_ram_users(sts: Client, server: Server) -> None:
    body = sts.get_caller_identity().body

    assert (body.identity_type, body.account_id) == ("RAMUser", server.cloud.account)


def test_a_further_key_may_be_another_accounts(server: Server) -> None:
    other = server.cloud.add_key("3000000000000003")

    assert Client(config(server, other)).get_caller_identity().body.account_id == other.account


def test_answers_have_no_field_that_the_sdk_does_not_know(server: Server) -> None:
    role = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc"}
    for action, params in {"AssumeRole": role, "GetCallerIdentity": {}}.items():
        raw = call(server, action, query=params)
        body = getattr(models, f"{action}ResponseBody")().from_map(raw)

        assert not unknown(raw, body.to_map())
