"""What others' controllers write back: Secrets, AlbConfigs, and the certificates of a cluster's listeners."""

from __future__ import annotations

from typing import Any

import kubernetes
import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.clusters import kubernetes_client
from tests.functional.emulator.official import PACKAGES, Clock, Official

CERTIFICATES = {name: {"names": ["*.example.com"], "key": "ecdsa-p256"} for name in ("old", "new")}
OWNERS = {
    "reflector": "ES.Kubernetes.Reflector",
    "flux": "kustomize-controller",
    "argocd": "argocd-controller",
    "external-secrets": "externalsecrets.external-secrets.io/external-secrets",
}
OTHER = {"port": 444, "certificate": "new"}
MARKS = {
    "reflector": "reflector.v1.k8s.emberstack.com/reflects",
    "flux": "kustomize.toolkit.fluxcd.io/name",
    "argocd": "argocd.argoproj.io/tracking-id",
    "external-secrets": "reconcile.external-secrets.io/managed",
}
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "cn-hangzhou",
    "secrets": [
        *({"name": name, "certificate": "old", "managed_by": name} for name in OWNERS),
        {"name": "free", "certificate": "old"},
    ],
    "albconfigs": [{"name": "front", "managed_by": "flux", "listeners": [{"port": 443, "default": "old"}]}],
}


@pytest.fixture
def clock(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setitem(PACKAGES, "nlb", "nlb20220430")
    clock = Clock()
    cloud.clock = clock
    here = {"name": "shop", "region": "cn-hangzhou"}
    owned = {"port": 443, "managed_by": "ccm"}
    estate = {
        "certificates": CERTIFICATES,
        "ack": [SHOP],
        "nlb": [{**here, "listeners": [{**owned, "default": "old"}, {"port": 444, "default": "old"}]}],
        "slb": [
            {**here, "listeners": [{**owned, "certificate": "old"}, {"port": 444, "certificate": "new"}]}
        ],
    }
    cloud.load(parse_estate(estate))
    return clock


@pytest.fixture
def api(cloud: Cloud, server: Server, clock: Clock) -> Any:
    return kubernetes_client(cloud, server, "shop")


@pytest.fixture
def core(api: Any) -> Any:
    return kubernetes.client.CoreV1Api(api)


def change(core: Any, name: str) -> dict[str, str]:
    """The Secret's data after a change by us."""
    core.patch_namespaced_secret(name, "default", {"data": {"tls.crt": "bmV3"}})
    return data(core, name)


def data(core: Any, name: str) -> dict[str, str]:
    return dict(core.read_namespaced_secret(name, "default").data)


def owners_of_data(core: Any, name: str) -> set[str]:
    """The managers of the Secret's pair."""
    rows = core.read_namespaced_secret(name, "default").metadata.managed_fields
    return {row.manager for row in rows if {"f:tls.crt", "f:tls.key"} & set(row.fields_v1.get("f:data", ()))}


@pytest.mark.parametrize("name", sorted(OWNERS))
def test_a_secret_shows_whose_it_is_and_is_written_back(
    core: Any, cloud: Cloud, clock: Clock, name: str
) -> None:
    before = core.read_namespaced_secret(name, "default")
    meta = before.metadata

    assert [row.manager for row in meta.managed_fields] == [OWNERS[name]]
    assert set(meta.managed_fields[0].fields_v1["f:data"]) - {"."} == {"f:tls.crt", "f:tls.key"}
    assert MARKS[name] in {**(meta.labels or {}), **(meta.annotations or {})}
    assert change(core, name)["tls.crt"] == "bmV3"
    assert owners_of_data(core, name) == {OWNERS[name], "OpenAPI-Generator"}
    clock.advance(cloud.settle_s)
    assert data(core, name)["tls.crt"] == "bmV3", "the controller looks now and then only"
    clock.advance(3 * cloud.settle_s)
    assert data(core, name) == before.data
    assert owners_of_data(core, name) == {OWNERS[name]}


def test_a_secret_of_nobody_stays_as_it_is_changed(core: Any, cloud: Cloud, clock: Clock) -> None:
    changed = change(core, "free")
    clock.advance(10 * cloud.settle_s)

    assert data(core, "free") == changed
    assert owners_of_data(core, "free") == {"kubectl-create", "OpenAPI-Generator"}


def test_a_client_that_writes_no_managed_fields_does_not_take_them_off(core: Any) -> None:
    secret = core.read_namespaced_secret("flux", "default")
    secret.metadata.managed_fields = None
    core.replace_namespaced_secret("flux", "default", secret)

    (row,) = core.read_namespaced_secret("flux", "default").metadata.managed_fields
    assert row.manager == "kustomize-controller"


def test_an_albconfig_is_written_back(api: Any, cloud: Cloud, clock: Clock) -> None:
    custom = kubernetes.client.CustomObjectsApi(api)
    where = ("alibabacloud.com", "v1", "albconfigs", "front")
    before = custom.get_cluster_custom_object(*where)
    path = "/spec/listeners/0/certificates/0/CertificateId"
    new = parse_estate({"certificates": CERTIFICATES}).identifier("new")
    replaced = [{"op": "replace", "path": path, "value": new}]
    custom.patch_cluster_custom_object(*where, replaced, _content_type="application/json-patch+json")
    changed = custom.get_cluster_custom_object(*where)
    clock.advance(4 * cloud.settle_s)
    after = custom.get_cluster_custom_object(*where)

    assert changed["spec"] != before["spec"]
    assert after["spec"] == before["spec"]
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 2


def test_a_cluster_s_network_listener_is_written_back_and_another_is_not(
    server: Server, cloud: Cloud, clock: Clock
) -> None:
    nlb = Official(server, "nlb", "nlb.cn-hangzhou.aliyuncs.com")
    new = parse_estate({"certificates": CERTIFICATES}).identifier("new")

    def carried() -> dict[int, bool]:
        rows = nlb("ListListeners").listeners
        return {row.listener_port: row.certificate_ids == [new] for row in rows}

    for row in nlb("ListListeners").listeners:
        nlb("UpdateListenerAttribute", ListenerId=row.listener_id, CertificateIds=[new])
    changed = carried()
    clock.advance(4 * cloud.settle_s)

    assert changed == {443: True, 444: True}
    assert carried() == {443: False, 444: True}


def test_a_cluster_s_classic_listener_is_written_back(server: Server, cloud: Cloud, clock: Clock) -> None:
    slb = Official(server, "slb", "slb.cn-hangzhou.aliyuncs.com")
    region = {"RegionId": "cn-hangzhou"}
    row = slb("DescribeLoadBalancers", **region).load_balancers.load_balancer[0]
    here = {**region, "LoadBalancerId": row.load_balancer_id}

    def bound(port: int) -> str:
        found = slb("DescribeLoadBalancerHTTPSListenerAttribute", **here, ListenerPort=port)
        return str(found.server_certificate_id)

    old, new = bound(443), bound(444)
    slb("SetLoadBalancerHTTPSListenerAttribute", **here, ListenerPort=443, ServerCertificateId=new)
    changed = bound(443)
    clock.advance(4 * cloud.settle_s)

    assert old != new == changed
    assert bound(443) == old
