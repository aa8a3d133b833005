"""No client waits without end: a few seconds for a connection, and for an answer what one may take."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from shared.cloud.api import Action, Api
from shared.cloud.aws import Aws, CloudAccess
from shared.cloud.credentials import fixed
from shared.cloud.fc2 import Fc2Domains
from shared.cloud.functions import Fc2Functions, Fc3Functions
from shared.cloud.openapi import OpenApi
from shared.cloud.oss import Oss
from shared.errors import CloudError, CloudUnavailableError
from tests.functional.cloud.clusters import a_cluster
from tests.functional.cloud.conftest import KEY, NO_ANSWER, Pauses, Scripted, at, ok
from tests.functional.cloud.sockets import hurry, watch

STS = Api("sts", "2015-04-01", "RPC", "sts", "sts.aliyuncs.com")
READ = Action("GetCallerIdentity")
Call = Callable[[OpenApi, str], object]


def function(asynchronous: bool) -> Call:
    return lambda api, _: Fc3Functions(api, "p", "cn-hangzhou").invoke("f", b"", asynchronous=asynchronous)


def old_function(asynchronous: bool) -> Call:
    where = {"service": "s", "prefix": "p", "region": "cn-hangzhou", "account_id": "1"}
    return lambda _, endpoint: Fc2Functions(fixed(KEY), **where, endpoint=endpoint).invoke(
        "f", b"", asynchronous=asynchronous
    )


def change_old_domain(api: OpenApi, _: str) -> None:
    domains = Fc2Domains(api)
    domains.account_id = "1"
    domains.update("cn-hangzhou", "www.example.com", protocol="HTTP")


def change_bucket(api: OpenApi, _: str) -> None:
    Oss(api).put_cname("bucket-one", "cn-hangzhou", "d.example.com", cert_id="1", previous_cert_id="2")


def patch(api: OpenApi, endpoint: str) -> None:
    a_cluster(api, endpoint).patch(Action("Patch", writes=True), "/x", {}, "y")


def import_certificate(_: OpenApi, endpoint: str) -> None:
    aws = Aws(CloudAccess(endpoint=endpoint))
    aws.call("ImportCertificate", "us-east-1", Certificate=b"c", PrivateKey=b"k")


LOST = "ConnectionLost: the connection to HOST ended without answer"
OLD_LOST = "ConnectionError: no answer from the API"
#: Each client with the seconds that it waits for a connection and for an answer, and with what it says
#: where none comes. A synchronous invocation runs as long as a function may.
CALLS: dict[str, tuple[Call, float, float, str]] = {
    "an API": (lambda api, _: api.call(STS, READ), 5, 15, LOST),
    "a function": (function(True), 5, 15, LOST),
    "a function's answer": (function(False), 5, 600, LOST),
    "an old function": (old_function(True), 5, 15, OLD_LOST),
    "an old function's answer": (old_function(False), 5, 600, OLD_LOST),
    "an old domain": (change_old_domain, 5, 15, OLD_LOST.replace("the API", "HOST")),
    "OSS": (change_bucket, 10, 20, "NoAnswer: no readable answer of HOST (RequestError)"),
    "a cluster": (patch, 5, 20, "NoAnswer: no readable answer (ProtocolError)"),
    "AWS": (import_certificate, 5, 30, "ConnectionLost: AWS did not answer"),
}


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.mark.parametrize("client", CALLS)
def test_a_client_waits_for_so_long(
    client: str, scripted: Scripted, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, connect_s, read_s, _ = CALLS[client]
    scripted.answers = [ok()]
    waits = watch(monkeypatch)

    with suppress(CloudError):  # what it makes of this answer is another matter
        call(OpenApi(fixed(KEY), endpoint=scripted.endpoint, sleep=pauses), scripted.endpoint)

    assert waits.of == [(connect_s, read_s)]


@pytest.mark.parametrize("client", CALLS)
def test_a_client_of_a_server_without_answers_gives_up_and_sends_no_write_twice(
    client: str, hanging: int, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, 0.05)
    waits = watch(monkeypatch)
    endpoint = f"http://127.0.0.1:{hanging}"
    repeated = client in ("an API", "a function")

    with pytest.raises(CloudUnavailableError):
        CALLS[client][0](OpenApi(fixed(KEY), endpoint=endpoint, sleep=pauses), endpoint)

    assert len(waits.of) == (4 if repeated else 1)


@pytest.mark.parametrize("client", CALLS)
def test_a_connection_that_ends_without_an_answer_leaves_the_outcome_unknown(
    client: str, scripted: Scripted, pauses: Pauses
) -> None:
    scripted.answers = [NO_ANSWER]
    call, *_, told = CALLS[client]
    with pytest.raises(CloudUnavailableError) as caught:
        call(at(scripted), scripted.endpoint)
    said = str(caught.value).partition(": ")[2].replace(f"127.0.0.1:{scripted.port}", "HOST")
    assert said == f"{told} (RequestId -)"


@pytest.mark.parametrize(("left_s", "read_s"), [(600, 15), (8, 8), (0.9, 0.9), (0.1, 0.5)])
def test_an_answer_is_waited_for_no_longer_than_the_invocation_lasts(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, left_s: float, read_s: float
) -> None:
    """But for half a second in any case, since the call is sent."""
    waits = watch(monkeypatch)

    OpenApi(fixed(KEY), endpoint=scripted.endpoint, deadline=lambda: left_s).call(STS, READ)

    assert waits.last == (5, read_s)


def test_other_times_may_be_set(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = watch(monkeypatch)

    OpenApi(fixed(KEY), endpoint=scripted.endpoint, connect_timeout_s=2.5, read_timeout_s=7.5).call(STS, READ)

    assert waits.last == (2.5, 7.5)


def test_a_cluster_is_reachable_where_something_listens(
    hanging: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = watch(monkeypatch)

    assert a_cluster(OpenApi(fixed(KEY)), f"https://127.0.0.1:{hanging}").reachable()

    assert waits.of == [(3, None)]


def test_a_cluster_out_of_reach_is_tried_twice(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = watch(monkeypatch)

    assert a_cluster(OpenApi(fixed(KEY)), f"https://127.0.0.1:{closed_port}").reachable() is False

    assert waits.of == [(3, None), (3, None)]
