"""ACK's Secrets that somebody else writes: left alone, with the writer's name, unless allowed."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from emulator.services.ack.cluster_kinds import SECRETS, Target
from shared.errors import CloudRejectedError
from shared.products.kit.found import Unread
from tests.contract.bench import Bench, until
from tests.contract.cases.ack import SHOP
from tests.contract.clusters import a_bench, before_the_patch, edit, put_by_hand, secret, stored

TLS = f"{SHOP}/secret/web/tls"
IGNORED = "certdeploy.io/ignore-field-manager"
PEOPLE = [
    *("kubectl", "kubectl-create", "kubectl-client-side-apply", "kubectl-edit", "kubectl-patch"),
    *("ACK-Console Apache-HttpClient", "Mozilla", "dashboard", "before-first-apply", "certdeploy", None),
]
STRANGERS = ["controller", "helm", "HashiCorp", "Go-http-client", "OpenAPI-Generator", "unknown", "kubectlx"]


def written_by(server: Server, manager: str | None, **row: Any) -> Bench:
    named = {"namespace": "web", "name": "tls", "certificate": "old", "field_manager": manager}
    return a_bench(server, secrets=[{**named, **row}])


def reason(manager: str) -> str:
    return (
        f'field manager "{manager}" wrote the certificate and may write it back; renew it there, or,'
        f" if it does not write back, annotate the Secret with {IGNORED}: {manager}"
    )


def annotated(bench: Bench, **annotations: str) -> None:
    """As `kubectl annotate` would."""

    def change(item: dict[str, Any]) -> dict[str, Any]:
        before = item["metadata"].get("annotations", {})
        return {**item, "metadata": {**item["metadata"], "annotations": before | annotations}}

    edit(bench, change, Target(SECRETS, "web", "tls"), "kubectl-annotate")


def managed(bench: Bench, *rows: dict[str, Any]) -> str:
    """The slot's obstacle where its API server keeps account so."""
    stored(bench, SECRETS, "web", "tls")["metadata"]["managedFields"] = list(rows)
    return bench.slots()[TLS].obstacle


@pytest.mark.parametrize("manager", PEOPLE)
def test_what_a_person_wrote_is_deployed_to(server: Server, manager: str | None) -> None:
    bench = written_by(server, manager)

    assert bench.slots()[TLS].obstacle == ""
    bench.deploy(bench.slot(TLS), "new")
    assert bench.slots()[TLS].obstacle == ""


@pytest.mark.parametrize("manager", STRANGERS)
def test_what_anything_else_wrote_is_left_alone_by_its_name(server: Server, manager: str) -> None:
    bench = written_by(server, manager)

    assert bench.slots()[TLS].obstacle == reason(manager)


@pytest.mark.parametrize(
    ("controller", "named"),
    [
        ("reflector", "Reflector owns it"),
        ("flux", "Flux owns it"),
        ("argocd", "Argo CD owns it"),
        ("external-secrets", "External Secrets owns it"),
        ("operator", 'field manager "tls-operator" wrote the certificate'),
    ],
)
def test_a_controller_is_known_by_its_mark_or_its_name(server: Server, controller: str, named: str) -> None:
    bench = written_by(server, None, managed_by=controller)

    assert bench.slots()[TLS].obstacle.startswith(named)


@pytest.mark.parametrize(
    ("mark", "named"),
    [
        ({"annotations": {"reflector.v1.k8s.emberstack.com/reflects": "certs/wild"}}, "Reflector"),
        ({"annotations": {"replicator.v1.mittwald.de/replicate-from": "certs/wild"}}, "Replicator"),
        ({"annotations": {"kubed.appscode.com/origin": "{}"}}, "Config Syncer"),
        ({"labels": {"kubed.appscode.com/origin.name": "wild"}}, "Config Syncer"),
        ({"labels": {"reconcile.external-secrets.io/managed": "true"}}, "External Secrets"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}}, "Flux"),
        ({"labels": {"argocd.argoproj.io/instance": "shop"}}, "Argo CD"),
        ({"labels": {"app.kubernetes.io/managed-by": "Helm"}}, "Helm"),
        ({"annotations": {"cert-manager.io/certificate-name": "wild"}}, "cert-manager"),
        ({"annotations": {"certmanager.k8s.io/certificate-name": "wild"}}, "cert-manager"),
        ({"annotations": {"cert.gardener.cloud/cert-name": "x"}}, "Gardener"),
    ],
)
def test_a_copy_that_a_controller_keeps_is_left_alone_even_if_a_person_made_it(
    server: Server, mark: dict[str, dict[str, str]], named: str
) -> None:
    bench = written_by(server, "kubectl-create")
    stored(bench, SECRETS, "web", "tls")["metadata"] |= mark

    told = f"{named} owns it and would write it back; renew the certificate there"
    assert bench.slots()[TLS].obstacle == told


@pytest.mark.parametrize("value", ["kustomize", "a person", ""])
def test_a_label_for_what_manages_an_application_is_a_mark_of_helm_only(server: Server, value: str) -> None:
    bench = written_by(server, "kubectl-create")
    stored(bench, SECRETS, "web", "tls")["metadata"]["labels"] = {"app.kubernetes.io/managed-by": value}

    assert bench.slots()[TLS].obstacle == ""


def test_what_was_deployed_is_ours_and_is_deployed_to_again(server: Server) -> None:
    bench = written_by(server, "kubectl-create")

    bench.deploy(bench.slot(TLS), "new")
    rows = {row["manager"]: row["fieldsV1"] for row in secret(bench)["metadata"]["managedFields"]}
    assert {"f:tls.crt", "f:tls.key"} <= set(rows["certdeploy"]["f:data"])
    assert set(rows["kubectl-create"].get("f:data", {})) <= {"."}

    bench.deploy(bench.slot(TLS), "second")
    assert bench.carried()[TLS] == "second"


def test_an_owner_allows_one_manager_and_no_other(server: Server) -> None:
    bench = written_by(server, "HashiCorp")
    annotated(bench, **{IGNORED: "elsewhere, HashiCorp"})
    assert bench.slots()[TLS].obstacle == ""

    bench.deploy(bench.slot(TLS), "new")
    put_by_hand(bench, "second", "robot")

    assert bench.slots()[TLS].obstacle == reason("robot")


def test_an_allowed_manager_that_writes_back_all_the_same_is_told_as_drift(server: Server) -> None:
    bench = written_by(server, None, managed_by="operator")
    annotated(bench, **{IGNORED: "tls-operator"})

    bench.deploy(bench.slot(TLS), "new")

    until(lambda: bench.carried()[TLS] == "old")
    assert bench.slots()[TLS].obstacle.startswith("drift: edited by hand since")


FIELDS: list[tuple[dict[str, Any], bool]] = [
    ({"f:data": {"f:tls.crt": {}}}, True),
    ({"f:data": {".": {}, "f:tls.key": {}}}, True),
    ({"f:data": {}}, True),
    ({"f:data": None}, True),
    ({"f:stringData": {"f:tls.crt": {}}}, True),
    ({"f:data": {".": {}, "f:ca.crt": {}}}, False),
    ({"f:data": {".": {}}, "f:type": {}}, False),
    ({"f:metadata": {"f:annotations": {".": {}, "f:tls.crt": {}}}}, False),
    ({}, False),
]


@pytest.mark.parametrize("operation", ["Apply", "Update"])
@pytest.mark.parametrize(("fields", "counts"), FIELDS, ids=range(len(FIELDS)))
def test_who_has_a_half_of_the_pair_or_all_data_counts(
    server: Server, operation: str, fields: dict[str, Any], counts: bool
) -> None:
    row = {"manager": "robot", "operation": operation, "apiVersion": "v1", "fieldsV1": fields}

    assert managed(written_by(server, None), row) == (reason("robot") if counts else "")


@pytest.mark.parametrize("nameless", [{}, {"manager": ""}, {"manager": None}])
def test_a_manager_without_a_name_is_unknown(server: Server, nameless: dict[str, Any]) -> None:
    mine = {"manager": "kubectl-create", "fieldsV1": {"f:data": {"f:tls.key": {}}}}

    told = managed(written_by(server, None), mine, {**nameless, "fieldsV1": {"f:data": {"f:tls.crt": {}}}})

    assert told == reason("unknown")


def test_managers_that_cannot_be_read_are_not_taken_for_none(server: Server) -> None:
    bench = written_by(server, None)
    stored(bench, SECRETS, "web", "tls")["metadata"]["managedFields"] = {"odd": 1}

    (found,) = bench.adapter.found(bench.region)

    assert isinstance(found, Unread)
    assert "metadata.managedFields" in str(found.error)


def test_who_has_just_taken_a_secret_over_is_not_written_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it put no other certificate there."""
    bench = written_by(server, "kubectl-create")
    slot, key = bench.slot(TLS), {"f:data": {"f:tls.key": {}}}

    def taken_over() -> None:
        row = {"manager": "robot", "operation": "Apply", "apiVersion": "v1", "fieldsV1": key}
        edit(
            bench,
            lambda item: {
                **item,
                "metadata": {**item["metadata"], "managedFields": [row], "labels": {"by": "robot"}},
            },
            Target(SECRETS, "web", "tls"),
        )

    before_the_patch(monkeypatch, taken_over)

    with pytest.raises(CloudRejectedError, match=r'^PatchSecret: NotDeployable: field manager "robot" wrote'):
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert bench.carried()[TLS] == "old"


@pytest.mark.parametrize(
    ("controller", "why"),
    [
        ("flux", "Flux keeps it as its repository has it; change it there"),
        ("argocd", "Argo CD keeps it as its repository has it; change it there"),
        ("operator", ""),
        (None, ""),
    ],
)
def test_an_albconfig_that_is_kept_as_a_repository_has_it_is_left_alone(
    server: Server, controller: str | None, why: str
) -> None:
    """Others write there too, as the ALB controller does, and leave our change."""
    front = {"name": "front", "managed_by": controller, "listeners": [{"port": 443, "default": "old"}]}

    bench = a_bench(server, albconfigs=[front])

    assert bench.slots()["shop/front:443/default"].obstacle == why
