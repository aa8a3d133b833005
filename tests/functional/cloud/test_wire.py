"""What goes over the wire: parameters, headers, paths; and which endpoints may stand in for the cloud."""

import re
from logging.config import dictConfig
from pathlib import Path

import pytest

from shared.cloud.api import Action, Api
from shared.cloud.cas import API as CAS
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.openapi import OpenApi
from shared.errors import CloudUnavailableError, SettingsError
from tests.functional.cloud.conftest import KEY, Scripted, at, ok, refused

STS = Api("sts", "2015-04-01", "RPC", "sts", "sts.aliyuncs.com")
READ = Action("GetCallerIdentity")
ALB = Api("alb", "2020-06-16", "RPC", "alb", "alb.{region}.aliyuncs.com")
FC = Api("fc", "2023-03-30", "ROA", "fc", "fcv3.{region}.aliyuncs.com")
UPLOAD = Action("UploadUserCertificate", place="form", writes=True)


def test_parameters_travel_as_the_official_sdks_send_them(scripted: Scripted) -> None:
    params = {"Certificates": [{"CertificateId": "7-x"}], "DryRun": True, "Size": 5, "No": None}
    at(scripted).call(ALB, Action("UpdateListenerAttribute"), params, region="cn-beijing")
    assert scripted.targets == ["/?Certificates.1.CertificateId=7-x&DryRun=True&Size=5"]
    assert scripted.heads[0]["x-emulator-host"] == "alb.cn-beijing.aliyuncs.com"
    assert "certdeploy/" in scripted.heads[0]["user-agent"]


def test_a_form_keeps_secrets_out_of_the_url(scripted: Scripted) -> None:
    at(scripted).call(CAS, UPLOAD, {"Key": "SECRET", "Name": "n"}, region="cn-hangzhou")
    assert (scripted.targets, scripted.bodies) == (["/"], [b"Key=SECRET&Name=n"])


def test_a_roa_action_fills_its_path_and_sends_json(scripted: Scripted) -> None:
    fc = Api("fc", "2023-03-30", "ROA", "fc", "fcv3.{region}.aliyuncs.com")
    update = Action("Update", method="PUT", path="/2023-03-30/x/{name}", place="json", writes=True)
    scripted.answers = [ok()]
    put = Action("Update", path=update.path, place="json", writes=True)
    at(scripted).call(fc, put, {"a": {"b": [1]}}, region="cn-beijing", path={"name": "a/b c"})
    assert scripted.targets == ["/2023-03-30/x/a%2Fb%20c"]
    assert scripted.bodies == [b'{"a":{"b":[1]}}']


def test_an_action_names_itself_its_version_and_us(scripted: Scripted) -> None:
    at(scripted).call(ALB, READ, region="cn-beijing")
    head = scripted.heads[0]
    assert (head["x-acs-action"], head["x-acs-version"]) == ("GetCallerIdentity", "2020-06-16")
    project = (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    version = re.findall(r'^version = "(.*)"$', project, re.M)[0]
    assert head["user-agent"].split()[-1] == f"certdeploy/{version}"


def test_a_permanent_key_sends_no_token(scripted: Scripted) -> None:
    at(scripted).call(STS, READ)
    at(scripted, Credentials("LTAI-lasting", "s")).call(STS, READ)
    assert [head.get("x-acs-security-token") for head in scripted.heads] == [KEY.security_token, None]
    assert "Credential=LTAI-lasting," in scripted.heads[1]["authorization"]


def test_a_call_without_parameters_sends_none(scripted: Scripted) -> None:
    put = Action("Update", path="/x", place="json")
    at(scripted).call(FC, put, {"a": None}, region="cn-beijing")
    at(scripted).call(STS, READ)
    assert (scripted.targets, scripted.bodies) == (["/x", "/"], [b"", b""])


def test_own_headers_and_bytes_are_sent_as_they_are_each_time(scripted: Scripted) -> None:
    scripted.answers = [refused(503, "ServiceUnavailable"), (200, b"\x00", {"X-Own": "a"})]
    answer = at(scripted).call_raw(
        FC, Action("I", path="/x"), headers={"x-own": "b"}, body=b"\xff", region="cn-beijing"
    )
    assert (answer.status, answer.body, answer.headers["x-own"]) == (200, b"\x00", "a")
    assert [head["x-own"] for head in scripted.heads] == ["b", "b"]
    assert scripted.bodies == [b"\xff", b"\xff"]


def test_headers_of_a_call_are_sent(scripted: Scripted) -> None:
    at(scripted).call(STS, READ, headers={"x-own": "b"})
    assert scripted.heads[0]["x-own"] == "b"


def test_an_answer_without_a_body_is_an_empty_one(scripted: Scripted) -> None:
    scripted.answers = [(200, b"", {})]
    assert at(scripted).call(STS, READ) == {}


def test_an_answer_is_read_as_json(scripted: Scripted) -> None:
    scripted.answers = [ok(A={"b": [1]})]
    assert at(scripted).call(STS, READ) == {"RequestId": "R", "A": {"b": [1]}}


def test_hosts_may_be_overridden(scripted: Scripted) -> None:
    at(scripted, hosts={"sts": "sts-vpc.{region}.aliyuncs.com"}).call(STS, READ, region="cn-beijing")
    assert scripted.heads[0]["x-emulator-host"] == "sts-vpc.cn-beijing.aliyuncs.com"


def test_a_server_without_tls_is_not_the_vendors(scripted: Scripted) -> None:
    client = OpenApi(fixed(KEY), hosts={"sts": f"127.0.0.1:{scripted.port}"}, max_attempts=1)
    with pytest.raises(
        CloudUnavailableError, match=r"TlsFailed: the TLS certificate of 127.0.0.1:.* is not trusted "
    ):
        client.call(STS, READ)
    assert scripted.targets == []


def test_the_sdk_prints_no_headers(
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """With DEBUG=sdk it would: tokens too; also after a library has set up its own logging."""
    monkeypatch.setenv("DEBUG", "sdk")
    dictConfig({"version": 1, "disable_existing_loggers": False})
    caplog.set_level("DEBUG")
    at(scripted).call(STS, READ)
    shown = caplog.text + "".join(capfd.readouterr())
    assert KEY.security_token not in shown
    assert "authorization" not in shown.lower()


@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1:1", "http://example.com", "127.0.0.1:1", "http://", "http:///x"]
)
def test_only_loopback_may_stand_in_for_the_cloud(endpoint: str) -> None:
    with pytest.raises(SettingsError, match=r"not http://127\.0\.0\.1"):
        OpenApi(fixed(KEY), endpoint=endpoint)
