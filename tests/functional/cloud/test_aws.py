"""AWS's client before a server that answers anything: kinds of errors, tries, pages, whose keys sign."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from shared.cloud.aws import Aws, CloudAccess
from shared.cloud.faults import NotSentError
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.functional.cloud.conftest import Scripted

Reply = tuple[int, bytes, dict[str, str]]
WRITE = {"Certificate": b"c", "PrivateKey": b"k"}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
#: AWS's codes with their status, and our error for each.
REFUSALS = [
    (400, "ValidationException", CloudRejectedError),
    (404, "ResourceNotFoundException", CloudRejectedError),
    (400, "LimitExceededException", CloudRejectedError),
    (400, "AccessDeniedException", CloudDeniedError),
    (403, "OptInRequired", CloudDeniedError),
    (400, "ThrottlingException", CloudThrottledError),
    (429, "SlowDown", CloudThrottledError),
    (400, "RequestLimitExceeded", CloudThrottledError),
    (400, "ConflictException", CloudBusyError),
    (412, "PreconditionFailed", CloudBusyError),
    (400, "InvalidIfMatchVersion", CloudBusyError),
    (400, "RequestInProgressException", CloudBusyError),
    (400, "UnrecognizedClientException", CloudCredentialsError),
    (403, "InvalidClientTokenId", CloudCredentialsError),
    (403, "ExpiredTokenException", CloudCredentialsError),
    (403, "InvalidSignatureException", CloudCredentialsError),
    (500, "InternalFailure", CloudUnavailableError),
    (503, "ServiceUnavailable", CloudUnavailableError),
]


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, "x")
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def aws(scripted: Scripted) -> Aws:
    return Aws(CloudAccess(("eu-west-1",), "", scripted.endpoint))


def reply(status: int = 200, **body: Any) -> Reply:
    return status, json.dumps(body).encode(), {"x-amzn-requestid": "R-1"}


def refused(status: int, code: str, message: str = "because") -> Reply:
    return reply(status, __type=code, message=message)


def test_a_refused_write_is_one_kind_of_error_and_sent_once(aws: Aws, scripted: Scripted) -> None:
    scripted.answers = [refused(status, code, "because; password=SECRET") for status, code, _ in REFUSALS]
    for number, (_, code, kind) in enumerate(REFUSALS):
        with pytest.raises(CloudError, match=f"ImportCertificate: {code}: because; password=") as caught:
            aws.call("ImportCertificate", "eu-west-1", **WRITE)
        error = caught.value
        assert (type(error), error.cloud_code, error.request_id) == (kind, code, "R-1")
        assert "SECRET" not in str(error)
        assert error.__suppress_context__
        assert len(scripted.targets) == number + 1


def test_a_refusal_that_says_nothing_is_told_as_such(aws: Aws, scripted: Scripted) -> None:
    scripted.answers = [(400, b"{}", {})]
    with pytest.raises(CloudRejectedError, match=r"400: no message \(RequestId -\)"):
        aws.call("ImportCertificate", "eu-west-1", **WRITE)

    scripted.answers = [(400, b"<ErrorResponse/>", {})]
    with pytest.raises(CloudRejectedError, match=r"Unknown: no message \(RequestId -\)"):
        aws.call("ModifyListener", "eu-west-1", ListenerArn="a")


@pytest.mark.parametrize("failure", [refused(400, "ThrottlingException"), (503, b"", {})])
def test_a_reading_is_tried_five_times(aws: Aws, scripted: Scripted, failure: Reply) -> None:
    scripted.answers = [failure] * 4 + [reply(CertificateSummaryList=[])]
    assert aws.call("ListCertificates", "eu-west-1") == {"CertificateSummaryList": []}

    scripted.targets.clear()
    scripted.answers = [failure]
    with pytest.raises(CloudError):
        aws.call("ListCertificates", "eu-west-1")
    assert len(scripted.targets) == 5


def test_every_write_is_sent_once(aws: Aws, scripted: Scripted) -> None:
    scripted.answers = [(503, b"", {})]
    listener: dict[str, Any] = {"ListenerArn": "a"}
    for action, params in (
        ("ModifyListener", listener),
        ("AddListenerCertificates", {**listener, "Certificates": []}),
        ("RemoveListenerCertificates", {**listener, "Certificates": []}),
    ):
        scripted.targets.clear()
        with pytest.raises(CloudUnavailableError):
            aws.call(action, "eu-west-1", **params)
        assert len(scripted.targets) == 1, action


def test_every_page_is_asked_for_with_its_size(aws: Aws, scripted: Scripted) -> None:
    rows = [{"CertificateArn": f"arn:{number}"} for number in range(2)]
    scripted.answers = [
        reply(CertificateSummaryList=rows[:1], NextToken="t"),
        reply(CertificateSummaryList=rows[1:]),
    ]
    pages = list(aws.pages("ListCertificates", "eu-west-1", 7, CertificateStatuses=["ISSUED"]))
    assert [page["CertificateSummaryList"] for page in pages] == [rows[:1], rows[1:]]
    asked = {"CertificateStatuses": ["ISSUED"], "MaxItems": 7}
    assert [json.loads(body) for body in scripted.bodies] == [asked, {**asked, "NextToken": "t"}]


def test_a_page_that_fails_is_one_kind_of_error(aws: Aws, scripted: Scripted) -> None:
    scripted.answers = [reply(CertificateSummaryList=[], NextToken="t"), refused(400, "AccessDenied")]
    with pytest.raises(CloudDeniedError, match="ListCertificates: AccessDenied"):
        list(aws.pages("ListCertificates", "eu-west-1", 7))


@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_of_something_else_leaves_the_outcome_unknown(
    aws: Aws, scripted: Scripted, status: int
) -> None:
    scripted.answers = [(status, b"<html>SECRET", {})]
    with pytest.raises(CloudUnavailableError, match="UnreadableAnswer: ") as caught:
        aws.call("ModifyListener", "eu-west-1", ListenerArn="a")
    assert "SECRET" not in str(caught.value)
    assert len(scripted.targets) == 1


def test_nothing_was_sent_where_nothing_listens(closed_port: int) -> None:
    aws = Aws(CloudAccess(("eu-west-1",), endpoint=f"http://127.0.0.1:{closed_port}"))
    with pytest.raises(NotSentError, match="ConnectionFailed: no connection"):
        aws.call("ImportCertificate", "eu-west-1", **WRITE)


def test_a_call_that_boto3_refuses_repeats_no_value(aws: Aws, scripted: Scripted) -> None:
    with pytest.raises(CloudRejectedError, match="ImportCertificate: ParamValidationError: ") as caught:
        aws.call("ImportCertificate", "eu-west-1", Certificate=b"c", PrivateKey={"SECRET": 1})
    assert "SECRET" not in str(caught.value)
    assert scripted.targets == []
