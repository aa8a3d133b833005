"""Whose keys sign calls to AWS, for which region, and what is said where there are none."""

import sys

import pytest
from botocore.loaders import JSONFileLoader

from shared.cloud.aws import Aws, CloudAccess
from shared.errors import CloudCredentialsError, CloudRejectedError
from tests.functional.cloud.conftest import Scripted

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
NONE = (200, b'{"CertificateSummaryList":[]}', dict[str, str]())


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, "x")


@pytest.fixture
def aws(scripted: Scripted) -> Aws:
    return Aws(CloudAccess(("eu-west-1",), "", scripted.endpoint))


def test_a_call_is_signed_for_its_region_and_a_global_one_for_the_home_of_all(
    aws: Aws, scripted: Scripted
) -> None:
    scripted.answers = [(400, b"{}", {}), (400, b"<ErrorResponse/>", {})]
    for action, params in (
        ("ListCertificates", {}),
        ("ListDistributions", {}),
        ("GetServerCertificate", {"ServerCertificateName": "n"}),
    ):
        with pytest.raises(CloudRejectedError):
            aws.call(action, "eu-west-1", **params)
    scopes = [head["authorization"].split("/")[2:4] for head in scripted.heads]
    assert scopes == [["eu-west-1", "acm"], ["us-east-1", "cloudfront"], ["us-east-1", "iam"]]


def test_a_role_is_assumed_in_the_first_region_and_signs_from_then_on(scripted: Scripted) -> None:
    role = "arn:aws:iam::123456789012:role/certdeploy"
    own = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "TOKEN"}
    keys_xml = "".join(f"<{name}>{text}</{name}>" for name, text in own.items())
    answer = f"<R><AssumeRoleResult><Credentials>{keys_xml}</Credentials></AssumeRoleResult></R>"
    scripted.answers = [(200, answer.encode(), {}), NONE]
    aws = Aws(CloudAccess(("eu-central-1", "eu-west-1"), role, scripted.endpoint))

    aws.call("ListCertificates", "eu-west-1")
    aws.call("ListCertificates", "eu-central-1")

    assert b"RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcertdeploy" in scripted.bodies[0]
    assert b"RoleSessionName=certdeploy" in scripted.bodies[0]
    keys = [head["authorization"].split("Credential=")[1].split("/") for head in scripted.heads]
    assert [(key, region, service) for key, _, region, service, _ in keys] == [
        ("x", "eu-central-1", "sts"),
        ("ASIA", "eu-west-1", "acm"),
        ("ASIA", "eu-central-1", "acm"),
    ]
    assert [head.get("x-amz-security-token") for head in scripted.heads] == [None, "TOKEN", "TOKEN"]


def test_descriptions_of_services_are_read_once_for_the_process(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading them takes longer than a call; each invocation has a client of its own."""
    scripted.answers = [NONE]
    access = CloudAccess(("eu-west-1",), "", scripted.endpoint)
    Aws(access).call("ListCertificates", "eu-west-1")
    read: list[str] = []
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda self, path: read.append(path))

    Aws(access).call("ListCertificates", "eu-west-1")

    assert read == []


def test_without_keys_no_call_is_made(aws: Aws, scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CloudCredentialsError) as caught:
        aws.call("ListCertificates", "eu-west-1")
    assert str(caught.value) == (
        "ListCertificates: NoCredentials: no AWS credentials: set AWS_ACCESS_KEY_ID and"
        " AWS_SECRET_ACCESS_KEY, or unset CERTDEPLOY_AWS (RequestId -)"
    )
    assert scripted.targets == []


def test_without_boto3_it_is_said_what_to_install(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore", None)
    with pytest.raises(CloudRejectedError, match=r"NoBoto3: .*certdeploy\[aws\]"):
        aws.call("ListCertificates", "eu-west-1")


def test_proxies_of_the_environment_do_not_capture_calls_to_an_emulator(
    aws: Aws, scripted: Scripted, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    scripted.answers = [NONE]
    aws.call("ListCertificates", "eu-west-1")
    assert scripted.targets == ["/"]
