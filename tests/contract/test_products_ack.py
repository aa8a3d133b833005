"""ACK's clusters and Secrets alone: permissions by cluster, and what others own or edit."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.ack.cluster_kinds import SECRETS
from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes, read_kubeconfig
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError, CloudUnavailableError, UnreadableAnswerError
from shared.products.ack.clusters import Clusters
from shared.products.kit.found import Unread
from tests.contract import answers
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.ack import ESTATE, SHOP, identity
from tests.contract.clusters import a_bench, stored
from tests.contract.driven import Driven

TLS = f"{SHOP}/secret/web/tls"
FRONT = "shop/front:443/default"
OUT_OF_REACH = (
    "no connection to the cluster's API server could be made; run the function in the cluster's VPC,"
    " or let the function's address in"
)
UNAUTHORISED = (
    "{}: unauthorised: give the function's role (AliyunCASDefaultRole where CAS deploys) operator"
    " permission (ops) on the cluster, in the ACK console under Authorizations ("
)


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.ACK, ESTATE, "cn-hangzhou")


def found(bench: Bench) -> dict[str, CloudResource]:
    return {
        one.resource_id: one for one in bench.adapter.found(bench.region) if isinstance(one, CloudResource)
    }


def unread(adapter: Driven) -> list[Unread]:
    return [one for one in adapter.found("cn-hangzhou") if isinstance(one, Unread)]


def test_a_cluster_that_cannot_be_opened_keeps_its_slots_and_hides_no_other(bench: Bench) -> None:
    """What cannot be read is not taken for gone."""
    bench.cloud.faults.add(Fault("ListSecrets", drop=True, times=4))

    found = list(bench.adapter.found(bench.region))

    (unread,) = [one.what for one in found if isinstance(one, Unread)]
    assert unread in ("shop", "locked"), "the first one listed"
    assert f"{identity('plain')}/secret/default/tls" in {
        one.resource_id for one in found if not isinstance(one, Unread)
    }


@pytest.mark.parametrize("state", ["scaling", "updating", "Upgrading", "removing", "draining", "", "odd"])
def test_a_cluster_in_any_state_that_has_an_api_server_is_opened(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    whole = bench.slots()
    answers.edit(
        monkeypatch,
        bench.cloud,
        "DescribeClustersForRegion",
        lambda answer: [row.update(state=state) for row in answer["clusters"] if row["state"] == "running"],
    )

    assert bench.slots() == whole


@pytest.mark.parametrize("state", ["Deleting", "deleted", "Failed", "initial"])
def test_a_cluster_that_is_not_there_is_not_opened(
    server: Server, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    bench = a_bench(server)
    answers.edit(
        monkeypatch,
        bench.cloud,
        "DescribeClustersForRegion",
        lambda answer: answers.put(answer, "clusters[].state", state),
    )

    bench.slots()

    assert bench.count("DescribeClusterUserKubeconfig") == 0


def test_clusters_that_are_left_out_are_none_and_pages_need_no_total(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bench.slots()
    action = "DescribeClustersForRegion"
    answers.edit(monkeypatch, bench.cloud, action, lambda answer: answer.pop("page_info", None))
    assert bench.slots() == whole

    answers.edit(monkeypatch, bench.cloud, action, lambda answer: answer.pop("clusters", None))
    assert bench.slots() == {}


def test_a_secret_that_cannot_be_read_hides_no_other(bench: Bench) -> None:
    whole = set(bench.slots())
    stored(bench, SECRETS, "web", "tls")["data"] = ["odd"]

    found = list(bench.adapter.found(bench.region))

    assert [one.what for one in found if isinstance(one, Unread)] == ["Secret web/tls"]
    assert {bench._label(one) for one in found if not isinstance(one, Unread)} == whole - {TLS}


def test_regions_that_are_left_out_are_not_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answers.edit(monkeypatch, bench.cloud, "DescribeRegions", lambda answer: answer.pop("regions"))

    with pytest.raises(UnreadableAnswerError):
        bench.adapter.regions()


def test_a_cluster_whose_kubeconfig_is_denied_says_so_and_hides_no_other(bench: Bench) -> None:
    bench.cloud.deny("cs:DescribeClusterUserKubeconfig", resource=SHOP)

    (shop,) = unread(bench.adapter)

    assert (shop.what, shop.within) == ("shop", f"{SHOP}/")
    assert UNAUTHORISED.format("DescribeClusterUserKubeconfig: AccessDenied") in str(shop.error)
    assert set(found(bench)) == {identity("young"), f"{identity('plain')}/secret/default/tls"}


def test_a_cluster_with_no_right_within_is_told_once(server: Server) -> None:
    bench = a_bench(server, role="none", secrets=[{"name": "tls", "certificate": "old"}])

    (shop,) = bench.adapter.found(bench.region)

    assert isinstance(shop, Unread)
    assert (shop.what, shop.within) == ("shop", f"{SHOP}/")
    assert UNAUTHORISED.format("ListSecrets: Forbidden") in str(shop.error)


def test_what_a_lesser_role_may_see_is_found_and_the_rest_is_reported(server: Server) -> None:
    bench = a_bench(server, role="dev", secrets=[{"name": "tls", "certificate": "old"}])

    (rest,) = unread(bench.adapter)

    assert bench.name_of(found(bench)[f"{SHOP}/secret/default/tls"].cert_identifier) == "old"
    assert (rest.what, rest.within) == ("shop (albconfig)", f"{SHOP}/albconfig/")
    assert UNAUTHORISED.format("ListAlbConfigs: Forbidden") in str(rest.error)


def test_a_cluster_that_refuses_its_own_certificate_hides_no_other(bench: Bench) -> None:
    """The AccessKey is fine: it opened the way there."""
    bench.cloud.faults.add(Fault("ListSecrets", status=401, code="Unauthorized"))

    (shop,) = unread(bench.adapter)

    assert (shop.what, str(shop.error).partition(" (")[0]) == (
        "shop",
        "ListSecrets: Unauthorized: injected by the emulator",
    )


def test_what_stands_for_a_cluster_reads_as_itself_and_takes_nothing(server: Server) -> None:
    bench = a_bench(server, state="initial")
    slot, new = bench.slots()[SHOP].evolve(obstacle="a reason"), bench.certificate("new")

    assert bench.adapter.read(slot) == slot
    assert bench.adapter.successor(slot, new) is None
    assert bench.adapter.settled(slot)
    with pytest.raises(CloudRejectedError, match=r"^deploy: NoSlot: a reason \("):
        bench.adapter.deploy(slot, new)


def test_a_throttled_or_silent_cluster_is_an_error_never_an_empty_one(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListSecrets", drop=True, times=4))

    with pytest.raises(CloudUnavailableError):
        bench.slots()


def test_a_list_that_expired_is_read_anew(server: Server) -> None:
    rows = [{"name": f"tls-{n}"} for n in range(45)]
    bench = a_bench(server, secrets=rows)
    bench.cloud.faults.add(Fault("ListSecrets", status=410, code="Expired"))

    assert len(bench.slots()) == 45
    assert bench.count("ListSecrets", code="") == 3


def test_a_cluster_without_public_address_is_met_at_its_private_one(bench: Bench) -> None:
    bench.slots()

    asked = [
        call.params["PrivateIpAddress"]
        for call in bench.cloud.calls
        if call.action == "DescribeClusterUserKubeconfig" and call.params["ClusterId"] == identity("plain")
    ]
    assert asked == [False, True]


def test_a_cluster_that_is_out_of_reach_says_so_and_a_deployment_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(TLS)
    monkeypatch.setattr(Kubernetes, "reachable", lambda self: False)
    out_of_reach = bench.adapter_with(seconds=1)

    (error,) = [one.error for one in unread(out_of_reach) if one.what == "shop"]

    assert str(error) == f"connect: Unreachable: {OUT_OF_REACH} (RequestId -)"
    with pytest.raises(CloudUnavailableError, match=rf"^connect: Unreachable: {OUT_OF_REACH} \("):
        out_of_reach.deploy(slot, bench.certificate("new"))


def test_a_kubeconfig_is_short_lived_and_asked_for_once(bench: Bench) -> None:
    bench.deploy(bench.slot(TLS), "new")

    asked = [call for call in bench.cloud.calls if call.action == "DescribeClusterUserKubeconfig"]
    mine = [call for call in asked if call.params["ClusterId"] == SHOP]
    assert [call.params["TemporaryDurationMinutes"] for call in mine] == [30]


def test_no_private_key_is_kept_logged_or_left_behind(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    slot: CloudResource = bench.deploy(bench.slot(TLS), "new")

    assert "PRIVATE" not in repr(bench.cloud.calls) + repr(slot)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_of_the_clusters_ca_is_refused(bench: Bench) -> None:
    clusters: Clusters = bench.adapter._clusters  # type: ignore[attr-defined]
    answers = [
        clusters._call(
            "DescribeClusterUserKubeconfig", "cn-hangzhou", {"ClusterId": one}, PrivateIpAddress=private
        )["config"]
        for one, private in ((SHOP, False), (identity("plain"), True))
    ]
    mine, other = (read_kubeconfig(answer, emulated=True) for answer in answers)
    mixed = type(mine)(mine.server, other.ca_pem, mine.certificate_pem, mine.key_pem)

    with pytest.raises(CloudUnavailableError, match="TlsFailed"):
        Kubernetes(bench.client, mixed, "cn-hangzhou").get(Action("GetSecret"), "/api/v1/secrets")


@pytest.mark.parametrize(("passed", "asked"), [(14, 1), (16, 2)])
def test_a_kubeconfig_is_asked_for_anew_when_half_of_its_time_is_over(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, passed: int, asked: int
) -> None:
    now = [1000.0]
    monkeypatch.setattr("shared.products.ack.clusters.time", SimpleNamespace(monotonic=lambda: now[0]))
    (slot,) = (one for one in bench.adapter.discover(bench.region) if one.resource_id == TLS)
    before = bench.count("DescribeClusterUserKubeconfig")

    now[0] += passed * 60
    bench.adapter.read(slot)

    assert bench.count("DescribeClusterUserKubeconfig") - before == asked - 1


def test_a_cluster_that_gives_no_address_at_all_says_why_it_gave_no_public_one(bench: Bench) -> None:
    for code in ("NoPublicAddress", "NoPrivateAddress"):
        bench.cloud.faults.add(Fault("DescribeClusterUserKubeconfig", status=400, code=code, message="none"))

    (told,) = (str(one.error) for one in unread(bench.adapter))

    assert told.startswith("DescribeClusterUserKubeconfig: NoPublicAddress: none (")
