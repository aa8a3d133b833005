"""What we send to OSS (by its newer client) is what its older official client, `oss2`, sends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree

import oss2
import oss2.exceptions
import oss2.models
import pytest

from emulator.request import Request
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.products import adapter_class
from tests.contract.bench import new_bench
from tests.contract.cases import CASES, IDENTIFIER
from tests.contract.oracle import Recorder, recording
from tests.contract.story import tell

OSS = next(case for case in CASES if case.product is CloudProduct.OSS)


def change(bucket: oss2.Bucket) -> None:
    certificate = oss2.models.CertInfo(cert_id=IDENTIFIER["new"], previous_cert_id=IDENTIFIER["old"])
    bucket.put_bucket_cname(oss2.models.PutBucketCnameRequest("img.example.com", certificate))


#: For each action of the adapter, how one tells it from others, and `oss2`'s way to the same.
ROWS: dict[str, tuple[Callable[[Request], bool], Callable[[oss2.Service, oss2.Bucket], Any]]] = {
    "ListBuckets": (
        lambda request: "cname" not in request.queries,
        lambda service, bucket: service.list_buckets(max_keys=2),
    ),
    "ListCname": (
        lambda request: request.method == "GET" and request.plain_path.strip("/") == "bucket-one",
        lambda service, bucket: bucket.list_bucket_cname(),
    ),
    "PutCname": (lambda request: request.method == "POST", lambda service, bucket: change(bucket)),
}


@pytest.fixture
def sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    with recording(monkeypatch) as recorder:
        tell(new_bench(server, OSS.product, OSS.estate), OSS)
    recorder.requests = [r for r in recorder.requests if r.header("authorization").startswith("OSS")]
    return recorder


def form(request: Request) -> dict[str, Any]:
    """Method, path, query and the meaning of the body: an empty filter, or element, says nothing."""
    return {
        "method": request.method,
        "path": request.plain_path.rstrip("/"),
        "query": {k: v for k, v in request.queries.items() if v or k in ("cname", "comp")},
        "body": _said(ElementTree.fromstring(request.body)) if request.body else None,
    }


def _said(element: ElementTree.Element) -> Any:
    children = {child.tag: _said(child) for child in element}
    return {name: value for name, value in children.items() if value} or (element.text or "").strip()


def test_every_action_of_the_adapter_has_a_row() -> None:
    assert set(ROWS) == set(adapter_class(CloudProduct.OSS).actions)


@pytest.mark.parametrize("action", ROWS)
def test_the_first_call_of_an_action_is_what_oss2_sends(
    sent: Recorder, server: Server, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    meant, call = ROWS[action]
    ours = next(request for request in sent.requests if meant(request))
    auth = oss2.AuthV2(server.cloud.key.access_key_id, server.cloud.key.access_key_secret)
    service = oss2.Service(auth, server.endpoint)
    bucket = oss2.Bucket(auth, server.endpoint, "bucket-one")

    with recording(monkeypatch) as recorder, suppress(oss2.exceptions.OssError):
        call(service, bucket)

    assert form(ours) == form(recorder.requests[0])


def test_every_change_names_the_certificate_that_it_replaces_and_never_forces(sent: Recorder) -> None:
    bodies = [form(request)["body"] for request in sent.requests if request.method == "POST"]

    certificates = [body["Cname"]["CertificateConfiguration"] for body in bodies]
    assert certificates == [
        {"CertId": IDENTIFIER["new"], "PreviousCertId": IDENTIFIER["old"]},
        {"CertId": IDENTIFIER["old"], "PreviousCertId": IDENTIFIER["new"]},
    ]


def test_requests_are_signed_for_the_region_of_the_bucket(sent: Recorder) -> None:
    scopes = {
        request.plain_path.strip("/"): request.header("authorization").split("/")[2]
        for request in sent.requests
        if "cname" in request.queries
    }

    assert scopes == {
        "bucket-one": "cn-hangzhou",
        "bucket-empty": "cn-beijing",
        "bucket-two": "ap-southeast-1",
    }
