"""What the emulated clusters select, take and refuse, through the official Python client."""

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

SECRETS = "/api/v1/namespaces/default/secrets"
TLS = {"data": {"tls.crt": "eA==", "tls.key": "eA=="}, "type": "kubernetes.io/tls"}


@pytest.fixture
def api(cloud: Cloud, server: Server) -> Any:
    cloud.settle_s = 0
    cloud.load(parse_estate({"ack": [{"name": "shop", "region": "cn-hangzhou"}]}))
    return kubernetes_client(cloud, server, "shop")


@pytest.fixture
def core(api: Any) -> Any:
    return kubernetes.client.CoreV1Api(api)


def asked(api: Any, path: str, accept: str) -> tuple[int, str]:
    """What comes for this Accept header: the official client sends another."""
    try:
        answer = api.rest_client.request("GET", api.configuration.host + path, headers={"Accept": accept})
    except ApiException as error:
        return error.status, str(error.body)
    return answer.status, answer.read().decode()


def refusal(call: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
    """The refusal's `Status`."""
    with pytest.raises(ApiException) as refused:
        call(*arguments, **named)
    body: dict[str, Any] = json.loads(refused.value.body)
    assert (body["kind"], body["code"]) == ("Status", refused.value.status)
    return body


def secret(name: str = "", **metadata: Any) -> dict[str, Any]:
    return TLS | {"metadata": metadata | ({"name": name} if name else {})}


@pytest.fixture
def labelled(core: Any) -> Any:
    """a: shop and front; b: mail and back; c: none."""
    core.create_namespaced_secret("default", secret("a", labels={"app": "shop", "tier": "front", "n": "5"}))
    core.create_namespaced_secret("default", secret("b", labels={"app": "mail", "example.com/tier": "back"}))
    core.create_namespaced_secret("default", secret("c"))
    return core


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("app in (shop, mail)", "ab"),
        ("app in (shop)", "a"),
        ("app notin (shop,none)", "bc"),
        ("app", "ab"),
        ("!app", "c"),
        ("example.com/tier", "b"),
        ("!example.com/tier, app", "a"),
        ("app in (shop,mail),tier=front", "a"),
        ("app==shop", "a"),
        ("app != shop", "bc"),
        ("n>4", "a"),
        ("n<4", ""),
    ],
)
def test_labels_are_selected_by_sets_and_by_existence(labelled: Any, selector: str, names: str) -> None:
    rows = labelled.list_namespaced_secret("default", label_selector=selector).items

    assert "".join(row.metadata.name for row in rows) == names


@pytest.mark.parametrize("selector", ["app in shop", "app in (shop", "a b", "-a=b", "app=-", "n>x", "!a=b"])
def test_a_label_selector_that_cannot_be_read_is_refused(core: Any, selector: str) -> None:
    found = refusal(core.list_secret_for_all_namespaces, label_selector=selector)

    assert (found["code"], found["reason"]) == (400, "BadRequest")


def test_fields_select_where_the_kind_has_them(labelled: Any) -> None:
    chosen = labelled.list_secret_for_all_namespaces(field_selector="metadata.name!=b,type=kubernetes.io/tls")
    active = labelled.list_namespace(field_selector="status.phase=Active,metadata.name=default")

    assert [row.metadata.name for row in chosen.items] == ["a", "c"]
    assert [row.metadata.name for row in active.items] == ["default"]


@pytest.mark.parametrize("selector", ["data=x", "metadata.labels=x", "type", "metadata.uid=1"])
def test_fields_that_do_not_select_are_refused_though_nothing_is_there(core: Any, selector: str) -> None:
    for named in ({}, {"watch": True, "resource_version": "1000", "timeout_seconds": 1}):
        found = refusal(core.list_namespaced_secret, "nowhere", field_selector=selector, **named)

        assert (found["code"], found["reason"]) == (400, "BadRequest")


def test_each_kind_selects_by_fields_of_its_own(api: Any) -> None:
    networking = kubernetes.client.NetworkingV1Api(api)

    found = refusal(networking.list_ingress_for_all_namespaces, field_selector="type=kubernetes.io/tls")

    assert found["message"] == "field label not supported: type"


def test_nothing_is_made_in_a_namespace_that_is_missing(core: Any) -> None:
    found = refusal(core.create_namespaced_secret, "nowhere", secret("tls"))

    assert (found["code"], found["reason"]) == (404, "NotFound")
    assert found["message"] == 'namespaces "nowhere" not found'
    assert found["details"]["kind"] == "namespaces"
    assert core.list_namespaced_secret("nowhere").items == []


def test_a_namespace_can_be_made_and_takes_all_along_when_it_goes(core: Any) -> None:
    core.create_namespace({"metadata": {"name": "web"}})
    core.create_namespaced_secret("web", secret("tls"))
    core.delete_namespace("web")

    assert core.list_namespaced_secret("web").items == []
    assert refusal(core.read_namespaced_secret, "tls", "web")["code"] == 404


@pytest.mark.parametrize("name", ["Bad_Name", "-a", "a..b", "a" * 254, "ä"])
def test_a_wrong_name_is_refused_with_its_cause(core: Any, name: str) -> None:
    found = refusal(core.create_namespaced_secret, "default", secret(name))

    assert (found["code"], found["reason"]) == (422, "Invalid")
    assert found["details"]["kind"] == "Secret"
    cause = found["details"]["causes"][0]
    assert (cause["reason"], cause["field"]) == ("FieldValueInvalid", "metadata.name")
    assert cause["message"].startswith(f'Invalid value: "{name}": ')


def test_a_namespace_is_named_like_a_single_label(core: Any) -> None:
    for name in ("a.b", "a" * 64):
        found = refusal(core.create_namespace, {"metadata": {"name": name}})

        assert found["details"]["causes"][0]["field"] == "metadata.name"


def test_all_that_is_wrong_is_told_at_once(core: Any) -> None:
    body = TLS | {"data": {"a key": "eA=="}, "metadata": {"name": "tls"}}
    labels = secret("tls", labels={"app": "not a value"})

    wrong = refusal(core.create_namespaced_secret, "default", body)["details"]["causes"]
    label = refusal(core.create_namespaced_secret, "default", labels)["details"]["causes"]

    assert [(row["reason"], row["field"]) for row in wrong] == [
        ("FieldValueInvalid", "data[a key]"),
        ("FieldValueRequired", "data[tls.crt]"),
        ("FieldValueRequired", "data[tls.key]"),
    ]
    assert label[0]["field"] == "metadata.labels"


def test_a_name_is_generated_and_one_of_both_is_required(core: Any) -> None:
    made = [core.create_namespaced_secret("default", secret(generateName="tls-")) for _ in range(2)]
    found = refusal(core.create_namespaced_secret, "default", secret())

    assert all(row.metadata.name.startswith("tls-") and len(row.metadata.name) == 9 for row in made)
    assert made[0].metadata.name != made[1].metadata.name
    assert made[0].metadata.generate_name == "tls-"
    assert [row["reason"] for row in found["details"]["causes"]] == ["FieldValueRequired"]
    long = core.create_namespaced_secret("default", secret(generateName="a" * 253))
    assert len(long.metadata.name) == 63


def test_the_body_is_of_the_path(core: Any) -> None:
    core.create_namespaced_secret("default", secret("tls"))

    for found in (
        refusal(core.create_namespaced_secret, "default", secret("other", namespace="web")),
        refusal(core.replace_namespaced_secret, "tls", "default", secret("other")),
        refusal(core.create_namespaced_secret, "default", secret("x") | {"kind": "ConfigMap"}),
    ):
        assert (found["code"], found["reason"]) == (400, "BadRequest")


def test_the_version_is_told_in_full(api: Any) -> None:
    version = kubernetes.client.VersionApi(api).get_code()

    assert (version.major, version.minor, version.compiler) == ("1", "32", "gc")
    assert version.git_version.startswith("v1.32.")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/readyz", "ok"),
        ("/livez", "ok"),
        ("/healthz", "ok"),
        ("/livez/ping", "ok"),
        ("/readyz?verbose", "[+]ping ok"),
    ],
)
def test_a_server_says_in_text_that_it_is_well(api: Any, path: str, text: str) -> None:
    answer = api.call_api("GET", api.configuration.host + path)
    missing = api.call_api("GET", api.configuration.host + "/readyz/none")

    assert (answer.status, missing.status) == (200, 404)
    assert answer.getheader("Content-Type").startswith("text/plain")
    assert answer.read().decode().splitlines()[0] == text


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_metadata_alone_is_sent_where_it_is_asked_for(api: Any, core: Any, version: str) -> None:
    core.create_namespaced_secret("default", {"metadata": {"name": "tls"}, **TLS})
    whole = json.loads(asked(api, SECRETS, "application/json")[1])
    form = f";g=meta.k8s.io;v={version}"

    status, text = asked(api, SECRETS, f"application/json;as=PartialObjectMetadataList{form}")
    told = json.loads(text)
    assert (status, told["kind"], told["apiVersion"]) == (
        200,
        "PartialObjectMetadataList",
        f"meta.k8s.io/{version}",
    )
    assert (status, told["metadata"]) == (200, whole["metadata"])
    (item,) = told["items"]
    assert item.keys() == {"kind", "apiVersion", "metadata"}
    assert (item["kind"], item["metadata"]) == ("PartialObjectMetadata", whole["items"][0]["metadata"])

    status, text = asked(api, f"{SECRETS}/tls", f"application/json;as=PartialObjectMetadata{form}")
    assert (status, json.loads(text)) == (200, item)


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", 406),
        ("/tls", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", 406),
        ("", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v2", 406),
        ("", "application/json;as=PartialObjectMetadataList;g=example.com;v=v1", 406),
        ("", "text/html", 406),
        ("", "*/*", 200),
        ("", "application/json;as=Table;g=meta.k8s.io;v=v1,application/json", 200),
    ],
)
def test_a_form_that_there_is_not_is_refused_unless_another_is_named(
    api: Any, core: Any, path: str, accept: str, status: int
) -> None:
    core.create_namespaced_secret("default", {"metadata": {"name": "tls"}, **TLS})

    told, text = asked(api, SECRETS + path, accept)

    assert told == status
    assert ("NotAcceptable" in text) is (status == 406)
    assert ("eA==" in text) is (status == 200)
