"""Secrets of KMS, from an emulated KMS: as our client reads them, and as the vendor's does."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from alibabacloud_kms20160120 import models
from alibabacloud_kms20160120.client import Client
from alibabacloud_tea_openapi.utils_models import GlobalParameters
from darabonba.runtime import RuntimeOptions
from pydantic import SecretStr

from emulator.estate import parse_estate
from emulator.server import Server
from shared.cloud.aws import Aws, CloudAccess
from shared.cloud.kms import secret_value
from shared.errors import CloudDeniedError, CloudRejectedError, SettingsError
from shared.runtime.secrets import KEPT, Secrets
from tests.builders import NOW
from tests.functional.cloud.conftest import MakeClient, Scripted, at, ok
from tests.functional.emulator.clients import admin, config

ROW = {"secret": "certdeploy/webhook", "value": "a secret that both sides know"}
HOME = "cn-hangzhou"


@pytest.fixture(autouse=True)
def _account(server: Server) -> None:
    elsewhere = {**ROW, "value": "another", "region": "cn-beijing"}
    server.cloud.load(parse_estate({"regions": [HOME, "cn-beijing"], "kms": [ROW, elsewhere]}))


@pytest.mark.parametrize(("region", "value"), [(HOME, ROW["value"]), ("cn-beijing", "another")])
def test_a_secret_is_read_in_its_region_and_does_not_print(
    client: MakeClient, region: str, value: str
) -> None:
    found = secret_value(client(), ROW["secret"], region)

    assert found.get_secret_value() == value
    assert value not in repr(found)


def test_a_secret_that_is_not_there_is_no_lack_of_a_right(client: MakeClient) -> None:
    with pytest.raises(CloudRejectedError, match="there is no secret nobody-s in cn-hangzhou"):
        secret_value(client(), "nobody-s", HOME)


def test_a_role_without_the_right_is_told_which_it_lacks(client: MakeClient, server: Server) -> None:
    admin(server, "POST", "denials", {"ram_action": "kms:*", "resource": "*"})

    with pytest.raises(CloudDeniedError, match="kms:GetSecretValue"):
        secret_value(client(), ROW["secret"], HOME)


def test_a_secret_that_is_no_text_is_refused(scripted: Scripted) -> None:
    scripted.answers = [ok(SecretData="AAEC", SecretDataType="binary")]

    with pytest.raises(CloudRejectedError, match="keep a text"):
        secret_value(at(scripted), "n", HOME)


def test_the_vendor_s_client_reads_the_same(server: Server) -> None:
    everywhere = GlobalParameters(headers={"x-emulator-host": f"kms.{HOME}.aliyuncs.com"})
    theirs = Client(config(server, global_parameters=everywhere))

    request = models.GetSecretValueRequest(secret_name=ROW["secret"])
    body = theirs.get_secret_value_with_options(request, RuntimeOptions()).body

    assert (body.secret_name, body.secret_data, body.secret_data_type) == (*ROW.values(), "text")
    assert body.version_stages.version_stage == ["ACSCurrent"]


def value_of(text: str, kms: Any, secrets: Secrets | None = None, **later: float) -> str:
    found = (secrets or Secrets()).value(SecretStr(text), kms, HOME, NOW + timedelta(**later))
    return found.get_secret_value()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("kms:certdeploy/webhook", ROW["value"]),
        ("kms.cn-beijing:certdeploy/webhook", "another"),
        ("a secret itself", "a secret itself"),
        ("", ""),
    ],
)
def test_a_setting_names_a_secret_or_is_one(client: MakeClient, text: str, value: str) -> None:
    assert value_of(text, partial(secret_value, client())) == value


def test_a_secret_is_kept_for_minutes_and_one_that_was_exchanged_is_used_from_then_on(
    client: MakeClient, server: Server
) -> None:
    secrets, kms = Secrets(), partial(secret_value, client())
    text = f"kms:{ROW['secret']}"
    value_of(text, kms, secrets)
    server.cloud.load(parse_estate({"kms": [{**ROW, "value": "the next"}]}))
    almost = KEPT.total_seconds() - 1

    assert value_of(text, kms, secrets, seconds=almost) == ROW["value"]
    assert value_of(text, kms, secrets, seconds=almost + 1) == "the next"


def test_the_key_of_aws_is_read_from_kms_and_signs(scripted: Scripted) -> None:
    told = json.dumps({"AccessKeyId": "AKIA-OF-KMS", "SecretAccessKey": "s"})
    scripted.answers = [(200, b'{"CertificateSummaryList":[]}', {})]
    access = CloudAccess(("eu-west-1",), "", scripted.endpoint, "kms:aws")

    Aws(access, lambda named: SecretStr(told)).call("ListCertificates", "eu-west-1")

    assert "Credential=AKIA-OF-KMS/" in scripted.heads[0]["authorization"]


@pytest.mark.parametrize("told", ["no JSON, but a secret", "[]", '{"AccessKeyId": "AKIA"}'])
def test_a_key_of_aws_in_another_form_is_refused_and_not_repeated(told: str) -> None:
    access = CloudAccess(("eu-west-1",), "", "http://127.0.0.1:9", "kms:aws")

    with pytest.raises(SettingsError) as refused:
        Aws(access, lambda named: SecretStr(told)).call("ListCertificates", "eu-west-1")

    expected = 'CERTDEPLOY_AWS_KEY: kms:aws is not JSON with "AccessKeyId" and "SecretAccessKey"'
    assert str(refused.value) == expected
    assert refused.value.__context__ is None
