"""Calls as they go over the wire, and what the client makes of what comes back."""

import time

import pytest

from emulator.cloud import Cloud
from emulator.faults import Fault
from shared.cloud.api import Action, Api
from shared.cloud.cas import API as CAS
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.openapi import OpenApi
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.functional.cloud.conftest import KEY, MakeClient, Pauses, Scripted, at, ok, refused
from tests.keys import a_leaf

STS = Api("sts", "2015-04-01", "RPC", "sts", "sts.aliyuncs.com")
READ = Action("GetCallerIdentity")
LIST = Action("ListCertificates")
WRITE = Action("UploadUserCertificate", place="form", writes=True)
ALB = Api("alb", "2020-06-16", "RPC", "alb", "alb.{region}.aliyuncs.com")


def an_upload(name: str = "one") -> dict[str, str]:
    leaf = a_leaf(days=3650)
    return {"Name": name, "Cert": leaf.pem, "Key": leaf.key_pem}


def test_an_action_is_called_in_the_region_that_is_named(client: MakeClient, cloud: Cloud) -> None:
    answer = client().call(CAS, LIST, {"ShowSize": 5}, region="ap-southeast-1")
    assert answer["CertificateList"] == []
    assert (cloud.calls[0].action, cloud.calls[0].region) == ("ListCertificates", "ap-southeast-1")


def test_throttled_twice_then_well(client: MakeClient, cloud: Cloud, pauses: Pauses) -> None:
    cloud.faults.add(Fault("GetCallerIdentity", 400, "Throttling.User", times=2))
    assert client().call(STS, READ)["AccountId"] == cloud.account
    assert len(cloud.calls) == 3
    assert pauses.seconds[1] > pauses.seconds[0] > 0


def test_a_throttled_write_was_not_done_and_is_sent_again(client: MakeClient, cloud: Cloud) -> None:
    cloud.faults.add(Fault("UploadUserCertificate", 400, "Throttling.User"))
    assert client().call(CAS, WRITE, an_upload(), region="cn-hangzhou")["CertId"]


def test_the_wait_that_the_cloud_asks_for_is_kept(client: MakeClient, cloud: Cloud, pauses: Pauses) -> None:
    cloud.faults.add(Fault("GetCallerIdentity", 400, "Throttling.Api", retry_after_ms=9500))
    client().call(STS, READ)
    assert pauses.seconds == [9.5]


def test_throttling_without_end_is_told(client: MakeClient, cloud: Cloud) -> None:
    cloud.faults.add(Fault("GetCallerIdentity", 400, "Throttling.User", times=4))
    with pytest.raises(CloudThrottledError):
        client().call(STS, READ)
    assert len(cloud.calls) == 4


def test_a_busy_product_is_asked_again(client: MakeClient, cloud: Cloud) -> None:
    cloud.faults.add(Fault("UploadUserCertificate", 400, "OperationDenied.SystemUpgrading"))
    assert client().call(CAS, WRITE, an_upload(), region="cn-hangzhou")["CertId"]


def test_a_product_that_stays_busy_is_told_apart(client: MakeClient, cloud: Cloud) -> None:
    cloud.faults.add(Fault("ListCertificates", 400, "FlowControlError", times=1))
    cloud.faults.add(Fault("ListCertificates", 403, "SystemUpgrading", times=3))
    with pytest.raises(CloudBusyError):
        client().call(CAS, LIST, region="cn-hangzhou")


@pytest.mark.parametrize("drop", [False, True])
def test_a_read_is_repeated_after_a_server_fault(client: MakeClient, cloud: Cloud, drop: bool) -> None:
    cloud.faults.add(Fault("GetCallerIdentity", 503, drop=drop, times=2))
    assert client().call(STS, READ)["AccountId"] == cloud.account


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_whose_outcome_is_unknown_is_not_repeated(
    client: MakeClient, cloud: Cloud, drop: bool, when: str
) -> None:
    cloud.faults.add(Fault("UploadUserCertificate", 500, "InternalError", when=when, drop=drop))  # type: ignore[arg-type]
    with pytest.raises(CloudUnavailableError):
        client().call(CAS, WRITE, an_upload(), region="cn-hangzhou")
    assert len(cloud.calls) == 1
    stored = client().call(CAS, LIST, region="cn-hangzhou")["TotalCount"]
    assert stored == (1 if when == "after" else 0)


def test_each_attempt_is_signed_anew(scripted: Scripted) -> None:
    scripted.answers = [refused(400, "Throttling"), refused(503, "ServiceUnavailable"), ok()]
    at(scripted).call(STS, READ)
    for name in ("x-acs-signature-nonce", "authorization"):
        assert len({head[name] for head in scripted.heads}) == 3


def test_a_key_renewed_between_attempts_is_used(scripted: Scripted) -> None:
    keys = iter(("first", "second"))
    scripted.answers = [refused(400, "Throttling"), ok()]
    client = OpenApi(lambda: Credentials(next(keys), "s"), endpoint=scripted.endpoint, sleep=lambda _: None)
    client.call(STS, READ)
    assert "Credential=second," in scripted.heads[1]["authorization"]


def test_a_wrong_secret_is_a_matter_of_credentials(client: MakeClient, cloud: Cloud) -> None:
    wrong = Credentials(cloud.key.access_key_id, "not-the-secret")
    with pytest.raises(CloudCredentialsError, match="SignatureDoesNotMatch"):
        client(wrong).call(STS, READ)
    assert len(cloud.calls) == 1


def test_a_denial_names_what_the_role_lacks(client: MakeClient, cloud: Cloud) -> None:
    cloud.deny("yundun-cert:ListCertificates")
    with pytest.raises(CloudDeniedError, match="needs the RAM action yundun-cert:ListCertificates"):
        client().call(CAS, LIST, region="cn-hangzhou")


def test_a_refusal_is_final(client: MakeClient, cloud: Cloud) -> None:
    with pytest.raises(CloudRejectedError, match="ShowSize"):
        client().call(CAS, LIST, {"ShowSize": 1000}, region="cn-hangzhou")
    assert len(cloud.calls) == 1


def test_nothing_was_sent_where_nothing_listens(closed_port: int, pauses: Pauses) -> None:
    client = OpenApi(fixed(KEY), endpoint=f"http://127.0.0.1:{closed_port}", sleep=pauses)
    with pytest.raises(CloudUnavailableError, match="no connection"):
        client.call(CAS, WRITE, {"Name": "n"}, region="cn-hangzhou")
    assert len(pauses.seconds) == 3  # hence even a write may be tried again


def test_a_cloud_that_does_not_answer_is_given_up(hanging: int) -> None:
    client = OpenApi(fixed(KEY), endpoint=f"http://127.0.0.1:{hanging}", read_timeout_s=0.1)
    began = time.monotonic()
    with pytest.raises(CloudUnavailableError, match="in time"):
        client.call(CAS, WRITE, {"Name": "n"}, region="cn-hangzhou")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((502, b"<html>bad gateway</html>", {}), ""),
        ((200, b"<html>", {}), "UnreadableAnswer: not a JSON object "),
        ((200, b"[]", {}), "UnreadableAnswer: not a JSON object "),
    ],
)
def test_an_answer_that_is_no_json_is_no_answer(
    scripted: Scripted, answer: tuple[int, bytes, dict[str, str]], told: str
) -> None:
    scripted.answers = [answer]
    with pytest.raises(CloudUnavailableError, match=f"UploadUserCertificate: {told}"):
        at(scripted).call(CAS, WRITE, {"Name": "n"}, region="cn-hangzhou")
    assert len(scripted.heads) == 1


def test_proxies_in_the_environment_do_not_capture_loopback_calls(
    client: MakeClient, cloud: Cloud, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, scripted.endpoint)
    assert client().call(STS, READ)["AccountId"] == cloud.account
    assert scripted.targets == []


def test_no_error_shows_a_secret(scripted: Scripted, closed_port: int, hanging: int) -> None:
    upload = an_upload()
    echo = f"Key {upload['Key']} of https://cas/?SecurityToken={KEY.security_token}&Signature=SIG"
    scripted.answers = [
        (400, f'{{"Code":"Bad","Message":{echo!r}}}'.replace("'", '"').encode(), {}),
        (400, b'{"Code":"Bad","Message":"Key MIIEvgIBADANBgkqh"}', {}),
        (502, echo.encode(), {}),
        (200, echo.encode(), {}),
    ]
    urls = [scripted.endpoint] * 4 + [f"http://127.0.0.1:{port}" for port in (closed_port, hanging)]
    for place in ("form", "query"):
        action = Action("UploadUserCertificate", place=place, writes=True)
        for url in urls:
            client = OpenApi(fixed(KEY), endpoint=url, read_timeout_s=0.1, max_attempts=1)
            with pytest.raises(CloudError) as caught:
                client.call(CAS, action, upload, region="cn-hangzhou")
            shown = str(caught.value) + repr(caught.value) + repr(caught.value.__dict__)
            for secret in ("PRIVATE", upload["Key"][60:100], "SIG", *vars(KEY).values()):
                assert secret not in shown
            assert caught.value.__context__ is None
