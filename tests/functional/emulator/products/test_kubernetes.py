"""The emulated clusters through the official Python client and the unmodified `kubectl`."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import kubernetes
import pytest
import yaml
from alibabacloud_cs20151215.client import Client
from alibabacloud_cs20151215.models import DescribeClusterUserKubeconfigRequest
from alibabacloud_tea_openapi.utils_models import GlobalParameters
from kubernetes.client import ApiException

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from emulator.services.ack.cluster_server import api_server
from tests.functional.emulator.clients import config

JSON_PATCH = {"_content_type": "application/json-patch+json"}
CERTIFICATES = {name: {"names": ["www.example.com"], "key": "ecdsa-p256"} for name in ("old", "new")}
ESTATE: dict[str, Any] = {
    "certificates": CERTIFICATES,
    "ack": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "secrets": [
                {"namespace": "web", "name": "tls", "certificate": "old"},
                {"namespace": "mail", "name": "tls", "certificate": "old"},
                {"namespace": "web", "name": "fixed", "certificate": "old", "immutable": True},
            ],
            "ingresses": [
                {"namespace": "web", "name": "shop", "secret": "tls", "hosts": ["www.example.com"]}
            ],
            "albconfigs": [{"name": "front", "listeners": [{"port": 443, "default": "old"}, {"port": 444}]}],
        }
    ],
}


@pytest.fixture
def shop(cloud: Cloud) -> Any:
    cloud.settle_s = 0
    cloud.load(parse_estate(ESTATE))
    return cloud.service("cs").cluster("shop")


@pytest.fixture
def kubeconfig(cloud: Cloud, shop: Any, server: Server) -> dict[str, Any]:
    """As the official SDK of CS gets it."""
    everywhere = GlobalParameters(headers={"x-emulator-host": "cs.cn-hangzhou.aliyuncs.com"})
    official = Client(config(server, global_parameters=everywhere))
    asked = DescribeClusterUserKubeconfigRequest(temporary_duration_minutes=15)
    body = official.describe_cluster_user_kubeconfig(shop.id, asked).body
    found: dict[str, Any] = yaml.safe_load(body.config)
    return found


@pytest.fixture
def api(kubeconfig: dict[str, Any]) -> Any:
    return kubernetes.config.new_client_from_config_dict(kubeconfig)


@pytest.fixture
def core(api: Any) -> Any:
    return kubernetes.client.CoreV1Api(api)


@pytest.fixture
def custom(api: Any) -> Any:
    return kubernetes.client.CustomObjectsApi(api)


def test_the_client_lists_tls_secrets_by_pages(core: Any) -> None:
    chosen = {"field_selector": "type=kubernetes.io/tls", "limit": 2}
    first = core.list_secret_for_all_namespaces(**chosen)
    second = core.list_secret_for_all_namespaces(**chosen, _continue=first.metadata._continue)

    names = [(row.metadata.namespace, row.metadata.name) for row in (*first.items, *second.items)]
    assert names == [("mail", "tls"), ("web", "fixed"), ("web", "tls")]
    assert not second.metadata._continue


def test_a_stale_version_is_a_conflict(core: Any) -> None:
    version = core.read_namespaced_secret("tls", "web").metadata.resource_version
    change = {"metadata": {"resourceVersion": version, "labels": {"a": "b"}}}
    core.patch_namespaced_secret("tls", "web", change)

    with pytest.raises(ApiException) as refused:
        core.patch_namespaced_secret("tls", "web", change | {"data": {"x": "eA=="}})

    assert (refused.value.status, json.loads(refused.value.body)["reason"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("fixed", {"data": {"tls.crt": "eA=="}}),
        ("tls", {"data": {"tls.key": None}}),
        ("tls", {"type": "Opaque"}),
        ("tls", {"data": {"big": base64.b64encode(bytes(1 << 20)).decode()}}),
    ],
    ids=["immutable", "half a pair", "another type", "above 1 MiB"],
)
def test_what_kubernetes_refuses_is_refused(core: Any, name: str, change: dict[str, Any]) -> None:
    with pytest.raises(ApiException) as refused:
        core.patch_namespaced_secret(name, "web", change)

    assert refused.value.status == 422


def test_rbac_refuses_with_a_status(core: Any, shop: Any) -> None:
    shop.role = "none"

    with pytest.raises(ApiException) as refused:
        core.list_secret_for_all_namespaces()

    assert refused.value.status == 403
    assert 'cannot list resource "secrets"' in json.loads(refused.value.body)["message"]


def test_nobody_without_a_certificate_is_let_in(kubeconfig: dict[str, Any]) -> None:
    user = {"name": kubeconfig["users"][0]["name"], "user": {"token": "guess"}}
    nobody = kubernetes.config.new_client_from_config_dict({**kubeconfig, "users": [user]})

    with pytest.raises(ApiException) as refused:
        kubernetes.client.CoreV1Api(nobody).list_namespace()

    assert refused.value.status == 401


def test_a_json_patch_is_made_whole_or_not_at_all(custom: Any, cloud: Cloud) -> None:
    where = ("alibabacloud.com", "v1", "albconfigs", "front")
    change: list[dict[str, Any]] = [
        {"op": "replace", "path": "/spec/listeners/1/port", "value": 445},
        {"op": "test", "path": "/spec/listeners/0/certificates/0/CertificateId", "value": "other"},
    ]

    with pytest.raises(ApiException) as refused:
        custom.patch_cluster_custom_object(*where, change, **JSON_PATCH)

    assert refused.value.status == 422
    ports = [row["port"] for row in custom.get_cluster_custom_object(*where)["spec"]["listeners"]]
    assert ports == [443, 444]


def test_a_watch_tells_changes_and_the_controllers_too(custom: Any, shop: Any) -> None:
    where = ("alibabacloud.com", "v1", "albconfigs")
    config = custom.get_cluster_custom_object(*where, "front")
    version = config["metadata"]["resourceVersion"]
    path = "/spec/listeners/1/port"
    change = [{"op": "replace", "path": path, "value": 445}]
    patch = custom.patch_cluster_custom_object
    Thread(target=patch, args=(*where, "front", change), kwargs=JSON_PATCH).start()

    watch = kubernetes.watch.Watch()
    seen = []
    for event in watch.stream(
        custom.list_cluster_custom_object, *where, resource_version=version, timeout_seconds=5
    ):
        told = [row["portAndProtocol"] for row in event["object"]["status"]["loadBalancer"]["listeners"]]
        seen.append((event["type"], told))
        if "445/HTTPS" in told:
            watch.stop()

    assert [kind for kind, _ in seen] == ["MODIFIED", "MODIFIED"]


def test_an_albconfig_tells_certificates_of_https_alone(custom: Any) -> None:
    where = ("alibabacloud.com", "v1", "albconfigs", "front")
    certificates = [{"CertificateId": identifier_of_old(), "IsDefault": True}]
    listener = {"port": 444, "protocol": "QUIC", "certificates": certificates}
    change = [{"op": "replace", "path": "/spec/listeners/1", "value": listener}]
    custom.patch_cluster_custom_object(*where, change, **JSON_PATCH)

    rows = custom.get_cluster_custom_object(*where)["status"]["loadBalancer"]["listeners"]
    assert [row["portAndProtocol"] for row in rows] == ["443/HTTPS", "444/QUIC"]
    assert rows[0]["certificates"] == [{"certificateId": identifier_of_old(), "isDefault": True}]
    assert "certificates" not in rows[1]


def identifier_of_old() -> str:
    return parse_estate(ESTATE).identifier("old")


def test_each_cluster_has_an_authority_of_its_own(cloud: Cloud, shop: Any) -> None:
    one, same, other = (api_server(cloud, name, lambda *_: None) for name in (shop.id, shop.id, "c0"))

    assert one is same
    assert one.authority.ca_pem != other.authority.ca_pem


Kubectl = Callable[..., str]


@pytest.fixture
def kubectl(kubeconfig: dict[str, Any], tmp_path: Path) -> Kubectl:
    """Runs the installed `kubectl` against the cluster; its standard output."""
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("kubectl is not installed")
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(kubeconfig))
    environment = {**os.environ, "KUBECONFIG": str(file), "HOME": str(tmp_path)}

    def run(*arguments: str, given: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [found, *arguments], input=given, env=environment, capture_output=True, text=True, timeout=30
        )
        assert bool(done.returncode) == fails, done.stderr
        return done.stderr if fails else done.stdout

    return run


@pytest.mark.long
def test_kubectl_gets_and_patches(kubectl: Kubectl, shop: Any) -> None:
    assert kubectl("get", "secrets", "-A", "-o", "name").split() == [
        "secret/tls",
        "secret/fixed",
        "secret/tls",
    ]
    assert "front" in kubectl("get", "albconfigs")

    test = {"op": "test", "path": "/spec/listeners/0/port", "value": 443}
    replace = {"op": "replace", "path": "/spec/listeners/1/port", "value": 445}
    kubectl("patch", "albconfig", "front", "--type=json", "-p", json.dumps([test, replace]))
    kubectl("patch", "secret", "tls", "-n", "web", "-p", '{"metadata":{"labels":{"team":"shop"}}}')

    assert kubectl("get", "albconfig", "front", "-o", "jsonpath={.spec.listeners[*].port}") == "443 445"
    assert kubectl("get", "secrets", "-A", "-l", "team=shop", "-o", "name").split() == ["secret/tls"]
    stale = '{"metadata":{"resourceVersion":"1"},"data":{"x":"eA=="}}'
    refused = kubectl("patch", "secret", "tls", "-n", "web", "--type=merge", "-p", stale, fails=True)
    assert "(Conflict)" in refused


@pytest.mark.long
def test_kubectl_applies_on_either_side(kubectl: Kubectl) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "made", "namespace": "web"},
        "stringData": {"greeting": "hello"},
    }
    config = yaml.safe_load(kubectl("get", "albconfig", "front", "-o", "yaml"))
    config["spec"]["listeners"][1]["port"] = 445

    created = kubectl("apply", "-f", "-", given=json.dumps(secret))
    secret["stringData"] = {"greeting": "good day"}
    changed = kubectl("apply", "-f", "-", given=json.dumps(secret))
    again = kubectl("apply", "--server-side", "-f", "-", given=json.dumps(secret))
    albconfig = kubectl("apply", "-f", "-", given=yaml.safe_dump(config))

    assert (
        created + changed + again
        == "secret/made created\nsecret/made configured\nsecret/made serverside-applied\n"
    )
    assert "configured" in albconfig
    text = kubectl("get", "secret", "made", "-n", "web", "-o", "jsonpath={.data.greeting}")
    assert base64.b64decode(text) == b"good day"
    kubectl("delete", "secret", "made", "-n", "web")


@pytest.mark.long
def test_kubectl_watches(kubectl: Kubectl, core: Any) -> None:
    over = Event()

    def change_now_and_then() -> None:
        for number in range(60):
            core.patch_namespaced_secret("tls", "web", {"metadata": {"labels": {"n": str(number)}}})
            if over.wait(0.1):
                return

    thread = Thread(target=change_now_and_then)
    thread.start()
    shown = kubectl("get", "secrets", "-n", "web", "--watch", "--request-timeout=2s", "-o", "name").split()
    over.set()
    thread.join()

    assert shown[:2] == ["secret/fixed", "secret/tls"]
    assert set(shown[2:]) == {"secret/tls"}
