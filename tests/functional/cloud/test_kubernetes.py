"""A cluster's API as it may answer: pages, lists that expire, refusals, and what is no answer."""

import json
import os
import ssl
import tempfile
from pathlib import Path
from typing import Any

import pytest

from shared.cloud import endless
from shared.cloud.api import Action
from shared.cloud.credentials import fixed
from shared.cloud.faults import NotSentError
from shared.cloud.kubernetes import JSON_PATCH, MERGE_PATCH, KubeConfig, Kubernetes
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.errors import (
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from tests.functional.cloud.clusters import a_cluster
from tests.functional.cloud.conftest import KEY, Pauses, Scripted, at
from tests.functional.cloud.sockets import hurry
from tests.keys import a_leaf, ec_key

LIST, PATCH = Action("ListSecrets"), Action("PatchSecret", writes=True)
Reply = tuple[int, bytes, dict[str, str]]


@pytest.fixture
def cluster(scripted: Scripted, pauses: Pauses) -> Kubernetes:
    return a_cluster(
        OpenApi(fixed(KEY), sleep=pauses, pacer=Pacer(sleep=lambda _: None)), f"{scripted.endpoint}/"
    )


def reply(status: int, **body: Any) -> Reply:
    return status, json.dumps(body).encode(), {}


def page(*names: str, then: str | None = "") -> Reply:
    more = {} if then is None else {"continue": then}
    return reply(200, metadata=more, items=[{"name": name} for name in names])


def test_every_page_of_a_list_is_read(cluster: Kubernetes, scripted: Scripted) -> None:
    scripted.answers = [page("a", "b", then="t/1&"), page("c", then="t2"), page("d", then=None)]

    found = cluster.listed(LIST, "/secrets", 2, lambda item: item["name"], {"fieldSelector": "type=x"})

    assert found == ["a", "b", "c", "d"]
    asked = "/secrets?fieldSelector=type%3Dx&limit=2"
    assert [target.removesuffix("&continue=") for target in scripted.targets] == [
        asked,
        f"{asked}&continue=t%2F1%26",
        f"{asked}&continue=t2",
    ]


def test_a_list_that_outlived_its_snapshot_is_read_from_its_beginning_once(
    cluster: Kubernetes, scripted: Scripted
) -> None:
    first, expired = page("a", then="t"), reply(410, reason="Expired", message="too old")
    scripted.answers = [first, expired, first, page("b")]
    assert cluster.listed(LIST, "/x", 1, dict) == [{"name": "a"}, {"name": "b"}]

    scripted.targets.clear()
    scripted.answers = [first, expired, first, expired]
    with pytest.raises(CloudRejectedError, match="Expired"):
        cluster.listed(LIST, "/x", 1, dict)
    assert len(scripted.targets) == 4


def test_a_list_that_is_refused_is_not_read_again(cluster: Kubernetes, scripted: Scripted) -> None:
    scripted.answers = [reply(404, reason="NotFound")]
    with pytest.raises(CloudRejectedError, match="NotFound"):
        cluster.listed(LIST, "/x", 1, dict)
    assert scripted.targets == ["/x?limit=1"]


def test_a_change_names_its_kind_and_a_reading_sends_none(cluster: Kubernetes, scripted: Scripted) -> None:
    scripted.answers = [reply(201, kind="Secret")]
    cluster.patch(PATCH, "/x", {"data": {"a": None}}, MERGE_PATCH)
    cluster.patch(PATCH, "/x", [{"op": "test"}], JSON_PATCH)
    assert cluster.get(LIST, "/x") == {"kind": "Secret"}

    assert scripted.methods == ["PATCH", "PATCH", "GET"]
    assert scripted.targets == [*["/x?fieldManager=certdeploy"] * 2, "/x"]
    kinds = [head.get("content-type") for head in scripted.heads]
    assert kinds == ["application/merge-patch+json", "application/json-patch+json", None]
    assert [json.loads(body or b"0") for body in scripted.bodies] == [
        {"data": {"a": None}},
        [{"op": "test"}],
        0,
    ]
    assert {(head["accept"], head["user-agent"]) for head in scripted.heads} == {
        ("application/json", "certdeploy")
    }


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("body", [b"[]", b'"done"', b"null", b"1", b"<html>", b""])
def test_an_answer_that_is_no_object_leaves_the_outcome_unknown(
    cluster: Kubernetes, scripted: Scripted, status: int, body: bytes
) -> None:
    scripted.answers = [(status, body, {})]
    written = body and b"html" not in body
    told = f"UnreadableAnswer: HTTP {status} without an object" if written else "NoAnswer: no readable answer"
    with pytest.raises(CloudUnavailableError, match=f"PatchSecret: {told}"):
        cluster.patch(PATCH, "/x", {}, MERGE_PATCH)
    assert len(scripted.targets) == 1


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "BadRequest", CloudRejectedError),
        (401, "Unauthorized", CloudCredentialsError),
        (401, "Anything", CloudCredentialsError),
        (403, "Forbidden", CloudDeniedError),
        (404, "NotFound", CloudRejectedError),
        (409, "Conflict", CloudRejectedError),
        (422, "Invalid", CloudRejectedError),
        (429, "TooManyRequests", CloudThrottledError),
        (500, "InternalError", CloudUnavailableError),
        (503, "ServiceUnavailable", CloudUnavailableError),
        (504, "Timeout", CloudUnavailableError),
    ],
)
def test_a_refusal_is_one_kind_of_error(
    cluster: Kubernetes, scripted: Scripted, status: int, reason: str, kind: type[CloudError]
) -> None:
    scripted.answers = [reply(status, reason=reason, message="because; password=SECRET")]

    with pytest.raises(CloudError, match=f"PatchSecret: {reason}: because") as caught:
        cluster.patch(PATCH, "/x", {"data": {"tls.key": "MINE"}}, MERGE_PATCH)

    error = caught.value
    assert (type(error), error.cloud_code) == (kind, reason)
    assert "SECRET" not in str(error)
    assert error.__context__ is None
    assert len(scripted.targets) == (4 if kind is CloudThrottledError else 1)


def test_a_redirection_is_not_followed(cluster: Kubernetes, scripted: Scripted) -> None:
    """It could lead away from the server whose certificate was checked."""
    scripted.answers = [(300, b"{}", {"location": "/y"}), (307, b"{}", {"location": "/y"})]
    for status in (300, 307):
        with pytest.raises(CloudRejectedError, match=f"HTTP {status}: no message "):
            cluster.get(LIST, "/x")
    assert scripted.targets == ["/x", "/x"]


def test_a_reading_without_an_answer_is_repeated(
    cluster: Kubernetes, scripted: Scripted, pauses: Pauses
) -> None:
    scripted.answers = [(502, b"<html>", {}), reply(503), reply(200, kind="x")]
    assert cluster.get(LIST, "/x") == {"kind": "x"}
    assert len(pauses.seconds) == 2


def test_nothing_was_sent_where_nothing_listens(closed_port: int, pauses: Pauses) -> None:
    cluster = a_cluster(OpenApi(fixed(KEY), sleep=pauses), f"http://127.0.0.1:{closed_port}")
    told = "PatchSecret: ConnectionFailed: no connection to the cluster could be made "
    with pytest.raises(NotSentError, match=told):
        cluster.patch(PATCH, "/x", {}, MERGE_PATCH)
    assert len(pauses.seconds) == 3, "hence even a write may be tried again"


def test_a_cluster_that_does_not_answer_is_told_so(
    hanging: int, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, 0.05)
    cluster = a_cluster(OpenApi(fixed(KEY), sleep=pauses), f"http://127.0.0.1:{hanging}")
    with pytest.raises(CloudUnavailableError, match="Timeout: the cluster did not answer in time "):
        cluster.patch(PATCH, "/x", {}, MERGE_PATCH)


def test_a_server_without_tls_is_not_the_clusters(scripted: Scripted) -> None:
    cluster = a_cluster(at(scripted), f"https://127.0.0.1:{scripted.port}")
    with pytest.raises(
        CloudUnavailableError, match="TlsFailed: the cluster's TLS certificate is not its CA's "
    ):
        cluster.patch(PATCH, "/x", {}, MERGE_PATCH)
    assert scripted.targets == []


@pytest.mark.parametrize("damage", ["no CA", "no certificate", "another key"])
def test_damaged_credentials_are_refused_and_left_nowhere(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pair, bad = a_leaf(), a_leaf(key=ec_key(which="another"))
    config = KubeConfig(
        "https://192.0.2.1",
        "?" if damage == "no CA" else pair.pem,
        "?" if damage == "no certificate" else pair.pem,
        bad.key_pem if damage == "another key" else pair.key_pem,
    )
    with pytest.raises(CloudRejectedError, match="UnusableKubeconfig: ") as caught:
        Kubernetes(OpenApi(fixed(KEY)), config, "cn-hangzhou")
    assert caught.value.__suppress_context__
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_key_is_in_no_file_that_a_kill_could_leave_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: bool
) -> None:
    """Where the system has no files in memory, it is in one of its owner's alone while it is read."""
    if not in_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    elif not hasattr(os, "memfd_create"):
        pytest.skip("this system has no files in memory")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    load, modes = ssl.SSLContext.load_cert_chain, list[int]()

    def loading(context: ssl.SSLContext, path: str) -> None:
        modes.extend(file.stat().st_mode & 0o777 for file in tmp_path.iterdir())
        load(context, path)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", loading)
    pair = a_leaf()

    Kubernetes(
        OpenApi(fixed(KEY)), KubeConfig("https://192.0.2.1", pair.pem, pair.pem, pair.key_pem), "cn-hangzhou"
    )

    assert modes == ([] if in_memory else [0o600])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", ["_LONGEST", "_PATIENCE_S"])
def test_an_answer_without_end_is_left(
    cluster: Kubernetes, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """A read is not tried again; what a write came to is looked for."""
    monkeypatch.setattr(endless, limit, 10 if limit == "_LONGEST" else -1)
    scripted.answers = [reply(200, text="x" * 1000)]

    with pytest.raises(UnreadableAnswerError, match=r"^ListSecrets: UnreadableAnswer: it is longer than "):
        cluster.get(LIST, "/x")
    with pytest.raises(CloudUnavailableError, match=r"^PatchSecret: EndlessAnswer: "):
        cluster.patch(PATCH, "/x", {}, MERGE_PATCH)

    assert scripted.methods == ["GET", "PATCH"]
    monkeypatch.undo()
    assert cluster.get(LIST, "/x")["text"], "the next one has a connection of its own"
