"""`metadata.managedFields` of an emulated cluster: who wrote which field, and who may apply over it."""

from __future__ import annotations

import json
from typing import Any

import kubernetes
import pytest
from kubernetes.client import ApiException

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.clusters import kubernetes_client
from tests.functional.emulator.official import Clock

APPLY = {"_content_type": "application/apply-patch+yaml"}
ESTATE: dict[str, Any] = {
    "certificates": {"old": {"names": ["www.example.com"], "key": "ecdsa-p256"}},
    "ack": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "secrets": [
                {"name": "tls", "certificate": "old"},
                {"name": "ancient", "certificate": "old", "field_manager": None},
            ],
            "albconfigs": [{"name": "front", "listeners": [{"port": 443}]}],
        }
    ],
}


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    clock = Clock()
    cloud.clock, cloud.settle_s = clock, 0
    cloud.load(parse_estate(ESTATE))
    return clock


@pytest.fixture
def api(cloud: Cloud, server: Server, clock: Clock) -> Any:
    return kubernetes_client(cloud, server, "shop")


@pytest.fixture
def core(api: Any) -> Any:
    return kubernetes.client.CoreV1Api(api)


def managed(core: Any, name: str = "tls") -> dict[str, dict[str, Any]]:
    """The fields of each manager."""
    rows = core.read_namespaced_secret(name, "default").metadata.managed_fields or ()
    return {row.manager: row.fields_v1 for row in rows}


def patch(core: Any, data: dict[str, Any], manager: str | None, name: str = "tls", **how: Any) -> None:
    named = {"field_manager": manager} if manager else {}
    core.patch_namespaced_secret(name, "default", {"data": data}, **named, **how)


def applied(core: Any, data: dict[str, str], manager: str, **how: Any) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}, "data": data}
    core.patch_namespaced_secret("tls", "default", body, field_manager=manager, **APPLY, **how)


@pytest.mark.long
def test_whoever_makes_an_object_owns_all_of_it(core: Any) -> None:
    (row,) = core.read_namespaced_secret("tls", "default").metadata.managed_fields

    assert (row.manager, row.operation, row.api_version) == ("kubectl-create", "Update", "v1")
    assert (row.fields_type, row.subresource) == ("FieldsV1", None)
    assert row.fields_v1 == {"f:data": {".": {}, "f:tls.crt": {}, "f:tls.key": {}}, "f:type": {}}


def test_a_change_takes_its_fields_from_everybody_else(core: Any, clock: Clock) -> None:
    made = core.read_namespaced_secret("tls", "default").metadata.managed_fields[0].time
    clock.advance(60)
    patch(core, {"tls.crt": "bmV3", "ca.crt": "Y2E="}, "console")

    assert managed(core) == {
        "kubectl-create": {"f:data": {".": {}, "f:tls.key": {}}, "f:type": {}},
        "console": {"f:data": {"f:ca.crt": {}, "f:tls.crt": {}}},
    }
    times = {
        row.manager: row.time for row in core.read_namespaced_secret("tls", "default").metadata.managed_fields
    }
    assert times["kubectl-create"] == made < times["console"]

    patch(core, {"ca.crt": None}, "kubectl-edit")
    assert managed(core)["console"] == {"f:data": {"f:tls.crt": {}}}
    assert "kubectl-edit" not in managed(core)


def test_a_change_that_changes_nothing_takes_nothing(core: Any) -> None:
    before = core.read_namespaced_secret("tls", "default")

    patch(core, before.data, "console")

    after = core.read_namespaced_secret("tls", "default").metadata
    assert (after.managed_fields, after.resource_version) == (
        before.metadata.managed_fields,
        before.metadata.resource_version,
    )


@pytest.mark.parametrize(
    ("user_agent", "manager"),
    [
        ("controller/v1.2.3 (linux/amd64)", "controller"),
        ("ACK-Console Apache-HttpClient/4.5.13 (Java/1.8)", "ACK-Console Apache-HttpClient"),
        ("x" * 300, "x" * 128),
        ("", "unknown"),
    ],
)
def test_a_client_that_names_no_manager_is_known_by_its_user_agent(
    core: Any, user_agent: str, manager: str
) -> None:
    core.api_client.user_agent = user_agent
    patch(core, {"tls.crt": "bmV3"}, None)

    assert manager in managed(core)


def test_an_object_that_nobody_kept_account_of_stays_so(core: Any) -> None:
    patch(core, {"tls.crt": "bmV3"}, "console", "ancient")

    assert managed(core, "ancient") == {}


def test_one_who_applies_a_disputed_field_is_told_whose_it_is_or_takes_it_by_force(core: Any) -> None:
    with pytest.raises(ApiException) as refused:
        applied(core, {"tls.crt": "bmV3"}, "flux")
    told = json.loads(refused.value.body)
    assert (refused.value.status, told["reason"]) == (409, "Conflict")
    assert told["message"] == 'Apply failed with 1 conflict: conflict with "kubectl-create": .data.tls.crt'

    applied(core, {"tls.crt": "bmV3"}, "flux", force=True)
    assert managed(core) == {
        "flux": {"f:data": {"f:tls.crt": {}}},
        "kubectl-create": {"f:data": {".": {}, "f:tls.key": {}}, "f:type": {}},
    }


def test_what_is_applied_as_it_is_belongs_to_both(core: Any) -> None:
    applied(core, {"tls.crt": core.read_namespaced_secret("tls", "default").data["tls.crt"]}, "flux")

    assert managed(core)["flux"] == {"f:data": {"f:tls.crt": {}}}
    assert "f:tls.crt" in managed(core)["kubectl-create"]["f:data"]


def test_what_an_applier_names_no_more_is_gone_unless_it_is_another_s(core: Any) -> None:
    whole = core.read_namespaced_secret("tls", "default").data
    applied(core, {**whole, "a": "YQ==", "b": "Yg=="}, "flux")
    applied(core, {"b": "Yg=="}, "other")

    applied(core, {"a": "YQ=="}, "flux")
    assert set(core.read_namespaced_secret("tls", "default").data) == {"tls.crt", "tls.key", "a", "b"}

    applied(core, {"b": "Yg=="}, "flux")
    assert set(core.read_namespaced_secret("tls", "default").data) == {"tls.crt", "tls.key", "b"}


def test_an_applier_gives_its_name(core: Any) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}}
    with pytest.raises(ApiException) as refused:
        core.patch_namespaced_secret("tls", "default", body, **APPLY)

    assert (refused.value.status, "fieldManager" in refused.value.body) == (422, True)


@pytest.mark.parametrize("empty", [[], [{}]])
def test_a_client_may_have_all_managers_forgotten(core: Any, empty: list[Any]) -> None:
    core.patch_namespaced_secret("tls", "default", {"metadata": {"managedFields": empty}})

    assert managed(core) == {}


def test_labels_and_annotations_have_managers_and_names_have_none(core: Any) -> None:
    core.patch_namespaced_secret(
        "tls", "default", {"metadata": {"labels": {"team": "shop"}}}, field_manager="lens"
    )

    assert managed(core)["lens"] == {"f:metadata": {"f:labels": {".": {}, "f:team": {}}}}


def test_a_status_is_its_controller_s_by_its_subresource(api: Any) -> None:
    custom = kubernetes.client.CustomObjectsApi(api)
    config = custom.get_cluster_custom_object("alibabacloud.com", "v1", "albconfigs", "front")
    rows = {row.get("subresource", ""): row for row in config["metadata"]["managedFields"]}

    assert set(rows) == {"", "status"}
    assert (rows[""]["manager"], rows[""]["apiVersion"]) == ("kubectl-create", "alibabacloud.com/v1")
    assert set(rows[""]["fieldsV1"]) == {"f:spec"}
    assert rows[""]["fieldsV1"]["f:spec"]["f:listeners"] == {}
    assert set(rows["status"]["fieldsV1"]) == {"f:status"}
