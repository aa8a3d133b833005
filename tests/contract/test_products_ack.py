"""ACK's clusters and Secrets alone: permissions by cluster, and what others own or edit."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.ack.cluster_kinds import SECRETS, Target
from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes, read_kubeconfig
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.ack.clusters import Clusters
from tests.contract.bench import Bench, bench, until
from tests.contract.cases.ack import ESTATE, SHOP, identity
from tests.contract.clusters import a_bench, before_the_patch, edit, put_by_hand, secret

TLS = f"{SHOP}/secret/web/tls"
FRONT = "shop/front:443/default"
OUT_OF_REACH = (
    "no connection to the cluster's API server could be made; run the function in the cluster's VPC,"
    " or let the function's address in"
)


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.ACK, ESTATE, "cn-hangzhou")


def test_a_cluster_whose_kubeconfig_is_denied_says_so_and_hides_no_other(it: Bench) -> None:
    it.cloud.deny("cs:DescribeClusterUserKubeconfig", resource=SHOP)

    slots = it.slots()

    assert "unauthorised" in slots[SHOP].obstacle
    assert {label for label in slots if label.startswith(f"{SHOP}/")} == set()
    assert f"{identity('plain')}/secret/default/tls" in slots


def test_what_a_lesser_role_may_see_is_found_and_the_rest_is_reported(server: Server) -> None:
    it = a_bench(server, role="dev", secrets=[{"name": "tls", "certificate": "old"}])

    slots = it.slots()

    assert it.carried()[f"{SHOP}/secret/default/tls"] == "old"
    assert "unauthorised" in slots[f"{SHOP}/albconfig"].obstacle


@pytest.mark.parametrize("name", ["locked", "young"])
def test_what_stands_for_a_cluster_reads_as_itself_and_takes_nothing(server: Server, name: str) -> None:
    clusters = [{"name": "locked", "role": "none"}, {"name": "young", "state": "initial"}]
    rows = [{"region": "cn-hangzhou", **row} for row in clusters]
    it = bench(server, CloudProduct.ACK, {**ESTATE, "ack": rows}, "cn-hangzhou")
    slot, new = it.slots()[identity(name)].evolve(obstacle="a reason"), it.certificate("new")

    assert it.adapter.read(slot) == slot
    assert it.adapter.successor(slot, new) is None
    assert it.adapter.settled(slot)
    with pytest.raises(CloudRejectedError, match=r"^deploy: NoSlot: a reason \("):
        it.adapter.deploy(slot, new)


def test_a_throttled_or_silent_cluster_is_an_error_never_an_empty_one(it: Bench) -> None:
    it.cloud.faults.add(Fault("ListSecrets", drop=True, times=4))

    with pytest.raises(CloudUnavailableError):
        it.slots()


def test_a_list_that_expired_is_read_anew(server: Server) -> None:
    rows = [{"name": f"tls-{n}"} for n in range(45)]
    it = a_bench(server, secrets=rows)
    it.cloud.faults.add(Fault("ListSecrets", status=410, code="Expired"))

    assert len(it.slots()) == 45
    assert it.count("ListSecrets", code="") == 3


def test_a_cluster_without_public_address_is_met_at_its_private_one(it: Bench) -> None:
    it.slots()

    asked = [
        call.params["PrivateIpAddress"]
        for call in it.cloud.calls
        if call.action == "DescribeClusterUserKubeconfig" and call.params["ClusterId"] == identity("plain")
    ]
    assert asked == [False, True]


def test_a_cluster_that_is_out_of_reach_says_so_and_a_deployment_waits(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = it.slot(TLS)
    monkeypatch.setattr(Kubernetes, "reachable", lambda self: False)
    out_of_reach = it.adapter_with(seconds=1)

    found = {one.resource_id: one for one in out_of_reach.discover(it.region)}

    assert found[SHOP].obstacle == f"connect: Unreachable: {OUT_OF_REACH} (RequestId -)"
    with pytest.raises(CloudUnavailableError, match=rf"^connect: Unreachable: {OUT_OF_REACH} \("):
        out_of_reach.deploy(slot, it.certificate("new"))


def test_a_kubeconfig_is_short_lived_and_asked_for_once(it: Bench) -> None:
    it.deploy(it.slot(TLS), "new")

    asked = [call for call in it.cloud.calls if call.action == "DescribeClusterUserKubeconfig"]
    mine = [call for call in asked if call.params["ClusterId"] == SHOP]
    assert [call.params["TemporaryDurationMinutes"] for call in mine] == [30]


def test_an_immutable_secret_is_refused(server: Server) -> None:
    it = a_bench(server, secrets=[{"name": "tls", "certificate": "old", "immutable": True}])

    with pytest.raises(
        CloudRejectedError, match=r"^PatchSecret: Immutable: it cannot be changed; make a new Secret \("
    ):
        it.adapter.deploy(it.slot(f"{SHOP}/secret/default/tls"), it.certificate("new"))


def test_a_hand_edit_of_a_deployed_secret_is_drift(it: Bench) -> None:
    it.deploy(it.slot(TLS), "new")
    assert it.slots()[TLS].obstacle == ""

    put_by_hand(it, "second")

    slot = it.slots()[TLS]
    assert slot.obstacle.startswith("drift: edited by hand")
    assert it.name_of(slot.cert_identifier) == "second"


def test_a_key_that_does_not_fit_is_told(it: Bench) -> None:
    key = secret(it, "web", "mail")["data"]["tls.key"]
    edit(
        it,
        lambda item: {**item, "data": {**item["data"], "tls.key": key}},
        Target(SECRETS, "web", "tls"),
    )

    assert "tls.key does not belong to tls.crt" in it.slots()[TLS].obstacle


def test_only_certificate_and_key_of_a_secret_change(it: Bench) -> None:
    extra = {"ca.crt": "Y2E="}
    edit(
        it,
        lambda item: {
            **item,
            "data": {**item["data"], **extra},
            "metadata": {**item["metadata"], "labels": {"team": "shop"}, "annotations": {"note": "keep"}},
        },
        Target(SECRETS, "web", "tls"),
    )

    it.deploy(it.slot(TLS), "new")

    after = secret(it)
    assert after["data"]["ca.crt"] == extra["ca.crt"]
    assert after["metadata"]["labels"] == {"team": "shop"}
    assert set(after["metadata"]["annotations"]) == {
        "note",
        "certdeploy.io/certificate",
        "certdeploy.io/fingerprint",
    }


def test_a_secret_that_changes_meanwhile_is_read_again(it: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def label() -> None:
        meta = {"labels": {"team": "shop"}}
        edit(
            it,
            lambda item: {**item, "metadata": {**item["metadata"], **meta}},
            Target(SECRETS, "web", "tls"),
        )

    slot = it.slot(TLS)
    before_the_patch(monkeypatch, label)

    it.deploy(slot, "new")

    assert it.count("PatchSecret", code="Conflict") == 1
    assert secret(it)["metadata"]["labels"] == {"team": "shop"}


def test_a_certificate_put_there_meanwhile_is_not_overwritten(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = it.slot(TLS)
    before_the_patch(monkeypatch, lambda: put_by_hand(it, "second"))

    with pytest.raises(
        CloudRejectedError, match=r"^PatchSecret: Conflict: another certificate was put there just now \("
    ):
        it.adapter.deploy(slot, it.certificate("new"))

    assert it.carried()[TLS] == "second"


def test_a_secret_is_met_where_an_ingress_serves_it(it: Bench) -> None:
    slot = it.slots()[TLS]

    assert (slot.endpoint, slot.server_names) == ("ingress.shop.example.net:443", ("www.example.com",))
    assert it.slots()[f"{SHOP}/secret/dev/tls"].endpoint == ""


def test_the_ingress_serves_the_new_pair(it: Bench) -> None:
    slot, fingerprint = it.slot(TLS), it.certificate("new").fingerprint

    def served() -> bool:
        found = it.cloud.service("cs").served(slot.endpoint, "www.example.com")
        return fingerprint in {found[0].sha1.lower(), found[0].sha256.lower()}

    assert not served()
    it.deploy(slot, "new")
    until(served)


def test_no_private_key_is_kept_logged_or_left_behind(
    it: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    slot: CloudResource = it.deploy(it.slot(TLS), "new")

    assert "PRIVATE" not in repr(it.cloud.calls) + repr(slot)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_of_the_clusters_ca_is_refused(it: Bench) -> None:
    clusters: Clusters = it.adapter._clusters  # type: ignore[attr-defined]
    answers = [
        clusters._call("DescribeClusterUserKubeconfig", "cn-hangzhou", {"ClusterId": one})["config"]
        for one in (SHOP, identity("locked"))
    ]
    mine, other = map(read_kubeconfig, answers)
    mixed = type(mine)(mine.server, other.ca_pem, mine.certificate_pem, mine.key_pem)

    with pytest.raises(CloudUnavailableError, match="TlsFailed"):
        Kubernetes(it.client, mixed, "cn-hangzhou").get(Action("GetSecret"), "/api/v1/secrets")


@pytest.mark.parametrize(("passed", "asked"), [(14, 1), (16, 2)])
def test_a_kubeconfig_is_asked_for_anew_when_half_of_its_time_is_over(
    it: Bench, monkeypatch: pytest.MonkeyPatch, passed: int, asked: int
) -> None:
    now = [1000.0]
    monkeypatch.setattr("shared.products.ack.clusters.time", SimpleNamespace(monotonic=lambda: now[0]))
    (slot,) = (one for one in it.adapter.discover(it.region) if one.resource_id == TLS)
    before = it.count("DescribeClusterUserKubeconfig")

    now[0] += passed * 60
    it.adapter.read(slot)

    assert it.count("DescribeClusterUserKubeconfig") - before == asked - 1


def test_a_cluster_that_gives_no_address_at_all_says_why_it_gave_no_public_one(it: Bench) -> None:
    for code in ("NoPublicAddress", "NoPrivateAddress"):
        it.cloud.faults.add(Fault("DescribeClusterUserKubeconfig", status=400, code=code, message="none"))

    (told,) = (one.obstacle for one in it.adapter.discover(it.region) if "Address" in one.obstacle)

    assert told.startswith("DescribeClusterUserKubeconfig: NoPublicAddress: none (")
