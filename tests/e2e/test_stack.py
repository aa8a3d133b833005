"""A stack of template.yml in the emulated cloud: functions run from uploaded archives, with their roles."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import alibabacloud_oss_v2 as oss
import pytest
from alibabacloud_fc20230330.client import Client
from alibabacloud_fc20230330.models import InvokeFunctionHeaders, InvokeFunctionRequest
from darabonba.runtime import RuntimeOptions

from emulator.cloud import Cloud
from emulator.estate import load_estate
from emulator.server import Server, running
from host import bare
from stack.installed import unpack_code, unpack_layer
from stack.package import LOCK
from tests.e2e.running import settled
from tests.functional.emulator.clients import admin, call, config
from tests.functional.emulator.products.oss_clients import client

ROOT = Path(__file__).parents[2]
ROS, RAM = "2019-09-10", "2015-05-01"
BUCKET = "certdeploy-code"


def archive(folder: Path, place: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, place + path.relative_to(folder).as_posix())
    return content.getvalue()


@pytest.fixture
def objects(tmp_path: Path) -> dict[str, bytes]:
    """The archives by the template's parameters, out of what is installed here: no network."""
    for name in ("code", "layer"):
        (tmp_path / name).mkdir()
    unpack_code(ROOT, tmp_path / "code")
    unpack_layer(ROOT / LOCK, tmp_path / "layer")
    layer = archive(tmp_path / "layer", "python/")
    return {"CodeObject": archive(tmp_path / "code"), "LayerObject": layer, "AwsLayerObject": layer}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """What is installed here is for this interpreter, whatever others there are."""
    monkeypatch.setattr(bare, "interpreter", lambda version: None)
    cloud = Cloud(settle_s=0)
    cloud.load(load_estate(Path(__file__).with_name("small.yaml")))
    with running(cloud) as server:
        yield server


def test_functions_of_a_stack_run_from_its_archives_with_what_their_roles_grant(
    server: Server, objects: dict[str, bytes]
) -> None:
    stack_of(server, objects)

    told, failed = invoked(server, "scan_expiry")

    assert (failed, told["Certificates"] > 0) == (None, True)
    settled(server)
    report = admin(server, "GET", "functions")["functions"]
    assert report["certdeploy-scan_expiry"]["failed"] == 0
    grants = admin(server, "GET", "grants")
    assert grants["denied"] == []
    unused = [(row["role"], row["action"]) for row in grants["unused"]]
    assert ("certdeploy-scan-expiry", "yundun-cert:ListCertificates") not in unused
    assert ("certdeploy-scan-expiry", "log:PostLogStoreLogs") not in unused
    assert ("certdeploy-deploy-cdn", "cdn:SetCdnDomainSSLCertificate") in unused
    lines = server.cloud.service("sls").projects["certdeploy-1000000000000001"].stores["functions"].rows
    assert {row["functionName"] for row in lines} >= {"certdeploy-scan_expiry"}

    without_rights(server, "certdeploy-scan-expiry")
    _, failed = invoked(server, "scan_expiry")

    assert failed == "UnhandledInvocationError"
    (denied, *_) = admin(server, "GET", "grants")["denied"]
    assert denied["role"] == "certdeploy-scan-expiry"


def stack_of(server: Server, objects: dict[str, bytes]) -> None:
    store = client(server)
    store.put_bucket(oss.PutBucketRequest(bucket=BUCKET))
    given = {"CodeBucket": BUCKET}
    for name, content in objects.items():
        given[name] = f"{name}.zip"
        store.put_object(oss.PutObjectRequest(bucket=BUCKET, key=given[name], body=content))
    asked: dict[str, Any] = {"StackName": "certdeploy", "RegionId": "cn-hangzhou"}
    asked["Parameters"] = [{"ParameterKey": key, "ParameterValue": text} for key, text in given.items()]
    body = {"TemplateBody": (ROOT / "template.yml").read_text(encoding="utf-8")}
    where = call(server, "CreateStack", ROS, asked, body)["StackId"]
    told = call(server, "GetStack", ROS, {"StackId": where, "RegionId": "cn-hangzhou"})
    assert told["Status"] == "CREATE_COMPLETE", told


def invoked(server: Server, function: str) -> tuple[Any, str | None]:
    """The answer, and the kind of error if it failed."""
    answer = Client(config(server, read_timeout=120_000)).invoke_function_with_options(
        f"certdeploy-{function}",
        InvokeFunctionRequest(body=b"{}"),
        InvokeFunctionHeaders(),
        RuntimeOptions(read_timeout=120_000),
    )
    return json.loads(answer.body.read()), answer.headers.get("x-fc-error-type")


def without_rights(server: Server, role: str) -> None:
    (policy,) = call(server, "ListPoliciesForRole", RAM, {"RoleName": role})["Policies"]["Policy"]
    named = {name: policy[name] for name in ("PolicyName", "PolicyType")}
    call(server, "DetachPolicyFromRole", RAM, {**named, "RoleName": role})
