"""Every signature form, as the vendor's own clients make it, and each way of getting it wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import alibabacloud_oss_v2 as oss_v2
import oss2
import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config as CredentialsConfig
from Tea.core import TeaCore

from emulator import gateway
from emulator.api import ApiError
from emulator.cloud import Cloud
from emulator.keys import AccessKey
from emulator.request import Request
from emulator.server import Server, running
from emulator.signatures import verify
from tests.functional.emulator.clients import call, legacy, plain, refusal

FORMS = pytest.mark.parametrize("form", [{}, {"signature_algorithm": "v2"}], ids=["v3", "v1"])
ROLE = {"RoleArn": "acs:ram::2:role/deploy", "RoleSessionName": "a test: 100% + ~*/中"}


def a_session(server: Server) -> AccessKey:
    query = {"RoleArn": "acs:ram::2000000000000002:role/deploy", "RoleSessionName": "certdeploy"}
    made = call(server, "AssumeRole", query=query)["Credentials"]
    return AccessKey(made["AccessKeyId"], made["AccessKeySecret"], "", made["SecurityToken"])


def with_secret(server: Server, secret: str) -> AccessKey:
    return AccessKey(server.cloud.key.access_key_id, secret, server.cloud.account)


@FORMS
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_both_forms_and_both_methods_are_taken(server: Server, form: dict[str, Any], method: str) -> None:
    answer = call(server, "GetCallerIdentity", method=method, **form)

    assert answer["AccountId"] == server.cloud.account


@FORMS
def test_awkward_characters_in_query_and_form_keep_the_signature_good(
    server: Server, form: dict[str, Any]
) -> None:
    """The session's name is refused, so the request was believed and read."""
    assert refusal(server, "AssumeRole", query=ROLE, **form)[1].endswith("RoleSessionName")
    assert refusal(server, "AssumeRole", form=ROLE, **form)[1].endswith("RoleSessionName")


@FORMS
def test_a_wrong_secret_is_refused(server: Server, form: dict[str, Any]) -> None:
    wrong = with_secret(server, "not-the-secret")

    status, code, message = refusal(server, "GetCallerIdentity", key=wrong, **form)

    assert (status, code) == (400, "SignatureDoesNotMatch")
    assert server.cloud.key.access_key_secret not in message


@FORMS
def test_an_unknown_key_is_refused(server: Server, form: dict[str, Any]) -> None:
    stranger = AccessKey("LTAI5tStranger", "x", "1")

    assert refusal(server, "GetCallerIdentity", key=stranger, **form)[:2] == (
        404,
        "InvalidAccessKeyId.NotFound",
    )


@FORMS
@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_date_off_by_over_a_quarter_of_an_hour_is_refused(form: dict[str, Any], minutes: int) -> None:
    off = Cloud(clock=lambda: datetime.now(timezone.utc) + timedelta(minutes=minutes))
    with running(off) as server:
        assert refusal(server, "GetCallerIdentity", **form)[:2] == (400, "InvalidTimeStamp.Expired")


@FORMS
def test_a_session_calls_as_its_role(server: Server, form: dict[str, Any]) -> None:
    answer = call(server, "GetCallerIdentity", key=a_session(server), **form)

    assert answer["Arn"] == "acs:ram::2000000000000002:assumed-role/deploy/certdeploy"


def test_a_session_without_its_token_is_refused(server: Server) -> None:
    session = a_session(server)
    bare = AccessKey(session.access_key_id, session.access_key_secret, "")

    assert refusal(server, "GetCallerIdentity", key=bare)[:2] == (
        404,
        "InvalidAccessKeyId.NotFound",
    )


def test_a_token_of_another_session_is_refused(server: Server) -> None:
    mixed = replace(a_session(server), token=a_session(server).token)

    assert refusal(server, "GetCallerIdentity", key=mixed)[:2] == (
        403,
        "InvalidSecurityToken.MismatchWithAccessKey",
    )


def test_a_session_ends(cloud: Cloud) -> None:
    past = cloud.clock() - timedelta(seconds=1)
    ended = cloud.keys.add(cloud.account, expires=past)
    with running(cloud) as server:
        assert refusal(server, "GetCallerIdentity", key=ended)[:2] == (
            403,
            "InvalidSecurityToken.Expired",
        )


def test_the_same_request_is_taken_once(server: Server) -> None:
    target = legacy(server.cloud, {"Action": "GetCallerIdentity", "Version": "2015-04-01"})

    assert plain(server, "GET", target)[0] == 200
    status, _, body = plain(server, "GET", target)

    assert (status, json.loads(body)["Code"]) == (400, "SignatureNonceUsed")


@pytest.mark.parametrize("name", ["AccessKeyId", "Timestamp", "SignatureNonce"])
def test_each_part_of_the_old_form_is_mandatory(server: Server, name: str) -> None:
    params = {"Action": "GetCallerIdentity", "Version": "2015-04-01", name: ""}

    status, _, body = plain(server, "GET", legacy(server.cloud, params))

    assert (status, json.loads(body)["Code"]) == (400, f"Missing{name}")


def test_a_body_that_was_changed_on_the_way_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = {"RoleArn": "acs:ram::1:role/x", "RoleSessionName": "abc"}
    seen: list[Request] = []
    original = gateway.verify

    def changed(request: Request, *rest: Any) -> AccessKey:
        seen.append(request)
        return original(replace(request, body=request.body.replace(b"abc", b"abd")), *rest)

    monkeypatch.setattr(gateway, "verify", changed)

    assert refusal(server, "AssumeRole", form=role)[:2] == (400, "SignatureDoesNotMatch")
    assert b"abc" in seen[0].body


def test_an_unsigned_request_is_refused(server: Server) -> None:
    status, _, body = plain(server, "GET", "/?Action=GetCallerIdentity&Version=2015-04-01")

    assert (status, json.loads(body)["Code"]) == (400, "MissingAccessKeyId")


def test_the_vendors_credentials_client_assumes_a_role(server: Server) -> None:
    """It still signs the old RPC form with GET, over TLS only: its request is checked, not sent."""
    config = CredentialsConfig(
        type="ram_role_arn",
        access_key_id=server.cloud.key.access_key_id,
        access_key_secret=server.cloud.key.access_key_secret,
        role_arn="acs:ram::2000000000000002:role/deploy",
        role_session_name="certdeploy",
    )
    seen: list[Any] = []

    def send(request: Any, _options: Any = None) -> Any:
        seen.append(request)
        target = "/?" + urlencode(request.query)
        status, _, body = plain(server, request.method, target)
        return type("Response", (), {"status_code": status, "body": body})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TeaCore, "do_action", send)
        found = Credentials(config).get_credential()

    assert seen
    assert found.security_token
    assert server.cloud.keys.of(found.access_key_id).account == "2000000000000002"


def test_a_header_that_must_be_signed_is_missed(cloud: Cloud) -> None:
    headers = {
        "authorization": "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=b",
        "host": "127.0.0.1",
        "x-acs-action": "GetCallerIdentity",
    }

    with pytest.raises(ApiError) as refused:
        verify(Request("POST", "/", "", headers), cloud.keys, cloud.clock())

    assert refused.value.code == "IncompleteSignature"


@pytest.mark.parametrize("version", ["v1", "v4"])
@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("session", [True, False])
def test_oss_clients_are_known_by_their_signature(
    cloud: Cloud, version: str, right: bool, session: bool
) -> None:
    """The official signers, on a bucket action with a sub-resource."""
    key = cloud.keys.add("1", expires=cloud.clock() + timedelta(hours=1)) if session else cloud.key
    request = a_signed_oss_request(key, key.access_key_secret if right else "wrong", version)

    if right:
        assert verify(request, cloud.keys, cloud.clock()) == key
    else:
        with pytest.raises(ApiError, match="does not match"):
            verify(request, cloud.keys, cloud.clock())


@pytest.mark.parametrize("auth", [oss2.Auth, oss2.AuthV4])
def test_the_old_oss_client_is_known_by_its_signature(cloud: Cloud, auth: Any) -> None:
    headers: dict[str, str] = {"content-type": "application/xml"}
    params = {"cname": "", "comp": "add"}
    signed = oss2.http.Request(
        "POST",
        "http://127.0.0.1/site/",
        params=params,
        headers=headers,
        region="cn-hangzhou",
        product="oss",
    )
    auth(cloud.key.access_key_id, cloud.key.access_key_secret)._sign_request(signed, "site", "")
    lower = {name.lower(): text for name, text in signed.headers.items()}
    request = Request("POST", "/site/", "cname&comp=add", {**lower, "host": "127.0.0.1"})

    assert verify(request, cloud.keys, cloud.clock()) == cloud.key


def test_oss_refuses_an_unknown_key_in_its_own_words(server: Server) -> None:
    headers = {"Authorization": "OSS LTAI5tStranger:abc", "Date": oss2.utils.http_date()}

    status, _, body = plain(server, "GET", "/", headers)

    assert status == 403
    assert b"<Code>InvalidAccessKeyId</Code>" in body


def a_signed_oss_request(key: AccessKey, secret: str, version: str) -> Request:
    made = oss_v2.types.HttpRequest(
        "POST",
        "http://127.0.0.1:1/site/?cname&comp=add",
        headers={"Content-Type": "application/xml"},
    )
    context = oss_v2.types.SigningContext(
        product="oss",
        region="cn-hangzhou",
        bucket="site",
        request=made,
        credentials=oss_v2.types.Credentials(key.access_key_id, secret, key.token or None),
    )
    context.sub_resource = ["cname", "comp"]
    signer = oss_v2.signer.SignerV1() if version == "v1" else oss_v2.signer.SignerV4()
    signer.sign(context)
    headers = {name.lower(): text for name, text in made.headers.items()}
    return Request("POST", "/site/", "cname&comp=add", {**headers, "host": "127.0.0.1"}, b"<x/>")
