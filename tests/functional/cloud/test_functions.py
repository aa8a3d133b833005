"""Invoking functions of Function Compute 3.0 and 2.0, and events that travel so."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone

import pytest

from emulator.cloud import Cloud
from emulator.faults import Fault
from emulator.server import Server
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.events import Events
from shared.cloud.functions import Fc2Functions, Fc3Functions, FunctionFailedError, Functions
from shared.domain.events import CertificateIssued, CloudEvent, WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.errors import (
    CloudCredentialsError,
    CloudThrottledError,
    CloudUnavailableError,
    InvalidRequestError,
    NotFoundError,
)
from tests.functional.cloud.conftest import KEY, MakeClient, Scripted, at, key_of, ok

NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
Make = Callable[..., Functions]


@dataclass
class Result:
    status: int
    body: bytes
    error_type: str | None = None


@dataclass
class Deployed:
    """Functions of the prefix `certdeploy`: they echo; `fail` raises."""

    invoked: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def invoke(
        self, name: str, payload: bytes, *, asynchronous: bool, request_id: str, task_id: str | None
    ) -> Result:
        prefix, _, function = name.partition("-")
        if prefix != "certdeploy" or function == "missing":
            raise LookupError(name)
        self.invoked.append((function, payload, asynchronous))
        if function == "fail":
            told = {"errorMessage": "Name: too long; Key=-----BEGIN KEY-----x", "errorType": "Oops"}
            return Result(200, json.dumps(told).encode(), "UnhandledInvocationError")
        return Result(202, b"") if asynchronous else Result(200, payload)


@pytest.fixture
def deployed(cloud: Cloud) -> Deployed:
    functions = Deployed()
    cloud.functions = functions
    return functions


@pytest.fixture(params=["fc3", "fc2"])
def make(request: pytest.FixtureRequest, server: Server, client: MakeClient) -> Make:
    """Makes the two ways in, which must not differ for a caller."""

    def make(credentials: Credentials | None = None) -> Functions:
        if request.param == "fc3":
            return Fc3Functions(client(credentials), "certdeploy", "cn-hangzhou")
        return Fc2Functions(
            fixed(credentials or key_of(server)),
            service="shop",
            prefix="certdeploy",
            region="cn-hangzhou",
            account_id="1000000000000001",
            endpoint=server.endpoint,
        )

    return make


def test_a_synchronous_invocation_gives_the_answer(make: Make, deployed: Deployed) -> None:
    assert make().invoke("echo", b'{"a":1}', asynchronous=False) == b'{"a":1}'
    assert deployed.invoked == [("echo", b'{"a":1}', False)]


def test_an_asynchronous_invocation_is_only_handed_over(make: Make, deployed: Deployed) -> None:
    assert make().invoke("echo", b"{}") == b""
    assert deployed.invoked == [("echo", b"{}", True)]


def test_a_function_that_raised_is_told_in_its_own_words(make: Make, deployed: Deployed) -> None:
    with pytest.raises(FunctionFailedError, match="Oops: Name: too long") as caught:
        make().invoke("fail", b"{}", asynchronous=False)
    assert caught.value.error_type == "Oops"
    assert "BEGIN KEY" not in str(caught.value)


def test_a_function_that_is_not_there_is_named(make: Make, deployed: Deployed) -> None:
    with pytest.raises(NotFoundError, match="Function certdeploy-missing"):
        make().invoke("missing", b"{}")


def test_a_payload_of_128_kib_is_the_largest_to_hand_over(
    make: Make, cloud: Cloud, deployed: Deployed
) -> None:
    largest = b"x" * 131072
    with pytest.raises(InvalidRequestError, match="131073 bytes for echo"):
        make().invoke("echo", largest + b"x")
    assert cloud.calls == []

    make().invoke("echo", largest)
    assert make().invoke("echo", largest + b"x", asynchronous=False) == largest + b"x"
    assert [len(payload) for _, payload, _ in deployed.invoked] == [131072, 131073]


def test_a_wrong_secret_is_told_as_such(make: Make, cloud: Cloud, deployed: Deployed) -> None:
    wrong = Credentials(cloud.key.access_key_id, "not-the-secret")
    with pytest.raises(CloudCredentialsError, match=r"Signature\w+: (The|Specified) "):
        make(wrong).invoke("echo", b"{}")


def test_an_invocation_handed_over_without_an_answer_is_handed_over_again(
    client: MakeClient, cloud: Cloud, deployed: Deployed
) -> None:
    cloud.faults.add(Fault("InvokeFunction", when="after", drop=True))
    Fc3Functions(client(), "certdeploy", "cn-hangzhou").invoke("echo", b"{}")
    assert len(deployed.invoked) == 2


def test_a_synchronous_invocation_is_made_once(client: MakeClient, cloud: Cloud, deployed: Deployed) -> None:
    cloud.faults.add(Fault("InvokeFunction", when="after", drop=True))
    with pytest.raises(CloudUnavailableError):
        Fc3Functions(client(), "certdeploy", "cn-hangzhou").invoke("echo", b"{}", asynchronous=False)
    assert len(deployed.invoked) == 1


def test_a_payload_travels_untouched(scripted: Scripted) -> None:
    scripted.answers = [ok()]
    functions = Fc3Functions(at(scripted), "certdeploy", "me-central-1")
    functions.invoke("deploy_cdn", "é\x00".encode())
    assert scripted.bodies == ["é\x00".encode()]
    assert scripted.targets == ["/2023-03-30/functions/certdeploy-deploy_cdn/invocations"]
    assert scripted.heads[0]["x-fc-invocation-type"] == "Async"
    assert scripted.heads[0]["x-emulator-host"] == "me-central-1.fc.aliyuncs.com"


def test_the_old_client_does_not_log_the_token(scripted: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refusal = {"ErrorCode": "ResourceThrottled", "ErrorMessage": "slower", "RequestId": "R"}
    scripted.answers = [(429, json.dumps(refusal).encode(), {})]
    functions = Fc2Functions(
        fixed(KEY),
        service="shop",
        prefix="certdeploy",
        region="cn-hangzhou",
        account_id="1",
        endpoint=scripted.endpoint,
    )
    with pytest.raises(CloudThrottledError) as caught:
        functions.invoke("echo", b"{}")
    assert scripted.heads[0]["x-fc-security-token"] == KEY.security_token
    for secret in (KEY.security_token, KEY.access_key_secret, "authorization"):
        assert secret not in caplog.text
        assert secret not in str(caught.value)


@pytest.mark.parametrize("proxied", ["HTTP_PROXY", "http_proxy"])
def test_the_old_client_keeps_to_loopback(
    make: Make,
    deployed: Deployed,
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    proxied: str,
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "internal.example")
    monkeypatch.setenv(proxied, scripted.endpoint)
    assert make().invoke("echo", b"{}", asynchronous=False) == b"{}"
    assert scripted.targets == []


def test_an_event_reaches_its_consumer(client: MakeClient, deployed: Deployed) -> None:
    events = Events(Fc3Functions(client(), "certdeploy", "cn-hangzhou"), lambda: NOW)
    data = CertificateIssued(cert_identifier="7-cn-hangzhou")
    events.publish(data, id="7-issued", subject="Certificate/7-cn-hangzhou")
    ((function, payload, asynchronous),) = deployed.invoked
    event = CloudEvent.model_validate_json(payload)
    assert (function, asynchronous) == ("create_deployment_job", True)
    assert (event.source, event.type, event.id) == ("certdeploy", data.type, "7-issued")
    assert event.time == NOW
    assert event.data == {"CertIdentifier": "7-cn-hangzhou"}


def test_a_products_share_goes_to_the_products_function(client: MakeClient, deployed: Deployed) -> None:
    events = Events(Fc3Functions(client(), "certdeploy", "cn-hangzhou"), lambda: NOW)
    data = WorkersScheduled(job_id=3, product=CloudProduct.CDN)
    events.publish(data, id="3-CDN", subject="DeploymentJob/3")
    assert [function for function, *_ in deployed.invoked] == ["deploy_cdn"]
