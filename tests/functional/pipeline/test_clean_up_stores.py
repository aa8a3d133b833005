"""What products keep of certificates beside CAS is deleted on request where nothing needs it any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from shared.cloud.openapi import OpenApi
from shared.domain.resources import CloudProduct
from shared.products.esa.sites import EsaSites
from shared.services.world import ProbeResult
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.pools import ALONE, KEPT, LATER, NARROW, OLD, WILD, slots_of, superseded
from tests.functional.pipeline.stories import asked_for, policies

CLEANS = "clean_up_certificates"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with superseded(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def _all_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the platform of the tests these are all that there are."""
    monkeypatch.setattr("shared.services.needed.default_products", lambda: KEPT)


def preview(platform: Platform, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = platform.call(CLEANS, asked)
    return found


def delete(platform: Platform, plan: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """What the preview has shown as to be deleted."""
    chosen = [one["Stored"] for one in plan["Stored"] if one["Fate"] == "delete"]
    approved = {
        "Certificates": [one["CertIdentifier"] for one in plan["Certificates"] if one["Fate"] == "delete"],
        "Stored": [place(one) for one in chosen],
    }
    found: dict[str, Any] = platform.call(CLEANS, {"Delete": approved, **asked})
    return found


def place(one: dict[str, Any]) -> str:
    return f"{one['Product']}/{one['Region'] or '-'}/{one['StoredId']}"


def fates(plan: dict[str, Any]) -> dict[str, str]:
    """By product and certificate; those of CAS by the certificate alone."""
    stored = {f"{one['Stored']['Product']} {one['Stored']['CertIdentifier']}": one for one in plan["Stored"]}
    return {
        **{one["CertIdentifier"]: one["Fate"] for one in plan["Certificates"]},
        **{name: one["Fate"] for name, one in stored.items()},
    }


def reason(plan: dict[str, Any], product: str, identifier: str = OLD) -> str:
    (found,) = [
        str(one["Reason"])
        for one in plan["Stored"]
        if (one["Stored"]["Product"], one["Stored"]["CertIdentifier"]) == (product, identifier)
    ]
    return found


ESA_OLD, SLB_OLD = f"ESA {WILD}", f"SLB {OLD}"
GOES = {OLD, ESA_OLD, SLB_OLD}
STAYS = {
    LATER,
    WILD,
    ALONE,
    NARROW,
    f"ESA {LATER}",
    f"ESA {ALONE}",
    f"ESA {NARROW}",
    f"SLB {LATER}",
    "SLB upload:mine",
}


@pytest.mark.long
def test_what_was_replaced_goes_from_the_stores_and_then_from_cas(platform: Platform) -> None:
    plan = preview(platform)
    assert fates(plan) == {**dict.fromkeys(GOES, "delete"), **dict.fromkeys(STAYS, "keep")}
    assert reason(plan, "ESA", ALONE) == "nothing else there covers all of its names and ends later"
    platform.cloud.calls.clear()

    done = delete(platform, plan)

    assert fates(done) == dict.fromkeys(GOES, "deleted")
    deletions = [call.action for call in platform.cloud.calls if call.action.startswith("Delete")]
    assert deletions[-1] == "DeleteUserCertificate", "copies go first"
    assert WILD not in slots_of(platform, CloudProduct.ESA).values(), "its slot is gone, too"
    assert fates(delete(platform, plan)) == {}, "nothing is left of it"
    assert fates(preview(platform)) == {
        **dict.fromkeys(STAYS, "keep"),
        WILD: "delete",  # of which the entry was the last use
    }
    assert platform.failures == []


@pytest.mark.long
def test_only_the_places_that_are_named_are_looked_at(platform: Platform) -> None:
    assert set(fates(preview(platform, Only=["slb"]))) == {
        f"SLB {OLD}",
        f"SLB {LATER}",
        "SLB upload:mine",
    }
    assert set(fates(preview(platform, Only=["CAS"]))) == {OLD, LATER, WILD, ALONE, NARROW}
    assert set(fates(preview(platform, CertIds=["10741304"]))) == {OLD, SLB_OLD}
    refused = preview(platform, Only=["WAF"])
    assert refused["Code"] == "InvalidParameter"
    assert refused["Message"] == "Only: WAF is none of CAS, ESA, SLB"


@pytest.mark.long
def test_a_way_back_is_kept_for_the_time_of_grace(platform: Platform) -> None:
    job = platform.job().job_id
    plan = preview(platform, GraceDays=40)
    assert (fates(plan)[SLB_OLD], reason(plan, "SLB")) == ("keep", f"job {job} may be rolled back to it")
    assert fates(delete(platform, preview(platform), GraceDays=40))[OLD] == "keep"


@pytest.mark.long
def test_what_a_job_is_about_to_deploy_stays_everywhere(platform: Platform) -> None:
    (slot,) = [one for one, carried in slots_of(platform, CloudProduct.SLB).items() if carried == LATER]
    job = asked_for(platform, OLD, slot, Submit=False)
    plan = preview(platform)
    assert {fates(plan)[name] for name in (OLD, SLB_OLD)} == {"keep"}
    assert reason(plan, "SLB") == f"job {job} is to deploy it"


@pytest.mark.long
def test_a_slot_that_a_policy_names_stays(platform: Platform) -> None:
    (slot,) = [one for one, carried in slots_of(platform, CloudProduct.ESA).items() if carried == WILD]
    policies(platform, {"match": {"slot": slot}, "deploy": "off"})
    plan = preview(platform)
    assert (fates(plan)[ESA_OLD], reason(plan, "ESA", WILD)) == ("keep", "a policy names its slot")
    assert fates(plan)[SLB_OLD] == "delete"


@pytest.mark.long
def test_what_clients_of_its_names_are_served_stays(platform: Platform) -> None:
    def met(endpoint: str, server_name: str, certificate: Any) -> ProbeResult:
        return ProbeResult(served=certificate.identifier == OLD, detail="")

    platform.ports["probe"] = met
    plan = preview(platform)
    assert {fates(plan)[name] for name in (OLD, SLB_OLD)} == {"keep"}
    assert reason(plan, "SLB") == "clients of example.com are served it"


@pytest.mark.long
def test_an_entry_that_the_edge_serves_or_may_serve_stays(platform: Platform) -> None:
    assert reason(preview(platform), "ESA", NARROW) == "clients of www.example.com are served it"
    (slot,) = [one for one, carried in slots_of(platform, CloudProduct.ESA).items() if carried == WILD]
    record = platform.world.resources.get(slot)
    met = {"endpoint": "edge.example.com:443", "server_names": ("*.example.com",)}
    platform.world.resources.put(record.resource.evolve(**met), platform.clock())
    platform.ports["probe"] = lambda *asked: ProbeResult(served=None, detail="no route")
    told = reason(preview(platform), "ESA", WILD)
    assert told == "certdeploy-probe.example.com could not be asked what it serves"
    platform.ports["probe"] = lambda *asked: ProbeResult(served=False, detail="another one")
    assert fates(preview(platform))[ESA_OLD] == "delete"


@pytest.mark.long
def test_nothing_goes_where_a_product_was_not_read_whole(platform: Platform) -> None:
    plan = preview(platform)
    platform.cloud.faults.add(Fault("DescribeLoadBalancers", 403, "Forbidden.RAM", times=9))
    platform.tick("discover_resources")
    platform.cloud.faults.clear()
    done = delete(platform, plan)
    assert set(fates(done).values()) == {"keep"}
    assert done["Unsure"][0].startswith("SLB cn-hangzhou is ")


@pytest.mark.long
def test_a_store_that_cannot_be_read_holds_up_no_other(platform: Platform) -> None:
    platform.cloud.faults.add(Fault("DescribeServerCertificates", 403, "Forbidden.RAM"))
    plan = preview(platform)
    assert not any(name.startswith("SLB") for name in fates(plan))
    assert fates(plan)[ESA_OLD] == "delete"
    denied = "the store of SLB cn-hangzhou: DescribeServerCertificates: Forbidden.RAM"
    assert plan["Unread"][0].startswith(denied)


@pytest.mark.long
def test_what_the_product_says_is_in_use_is_told_and_stays_in_cas_too(platform: Platform) -> None:
    """Something has taken it since the preview, which no discovery has seen."""
    plan = preview(platform)
    slb = platform.cloud.service("slb")
    (copy,) = [one["Stored"]["StoredId"] for one in plan["Stored"] if reason_of(one) and is_slb(one)]
    for listener in slb._all_listeners():
        if listener.port == 443:
            listener.certificate = copy

    done = delete(platform, plan)

    assert fates(done) == {OLD: "kept", ESA_OLD: "deleted", SLB_OLD: "kept"}
    assert reason(done, "SLB") == "SLB says that something uses it (CertificateAndPrivateKeyIsRefered)"
    assert done["Certificates"][0]["Reason"] == f"its copy SLB/cn-hangzhou/{copy} is still there"
    assert platform.cloud.service("cas").find(OLD) is not None


def reason_of(one: dict[str, Any]) -> bool:
    return bool(one["Fate"] == "delete")


def is_slb(one: dict[str, Any]) -> bool:
    return bool(one["Stored"]["Product"] == "SLB")


@pytest.mark.long
def test_an_entry_that_got_another_certificate_meanwhile_stays(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at its pool and the deletion somebody has put a third one there."""
    plan = preview(platform)
    esa = platform.cloud.service("esa")
    (slot,) = [one for one, carried in slots_of(platform, CloudProduct.ESA).items() if carried == WILD]
    new = platform.renew("example.com", "*.example.com", days=400)
    bound = [entry for site in esa._sites for entry in site.pool if slot.endswith(entry.id)]
    dropped = EsaSites._drop

    def late(self: Any, stored: Any) -> str:
        wanted = esa._wanted({"CasId": int(new.partition("-")[0])}, "cas", "cn-hangzhou")
        bound[0].certificate.set(wanted, now=platform.clock(), until=platform.clock())
        return dropped(self, stored)

    monkeypatch.setattr(EsaSites, "_drop", late)
    done = delete(platform, plan)

    assert fates(done)[ESA_OLD] == "kept"
    assert reason(done, "ESA", WILD) == "it has another certificate by now"
    assert bound[0] in [entry for site in esa._sites for entry in site.pool]


@pytest.mark.long
@pytest.mark.parametrize("at", ["DeleteServerCertificate", "DeleteCertificate", "DeleteUserCertificate"])
def test_one_that_was_cut_off_is_done_once_more(
    platform: Platform, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product has deleted it, and the function was killed before it heard of it."""
    plan = preview(platform)
    call = OpenApi.call

    def cut(self: Any, api: Any, action: Any, *rest: Any, **more: Any) -> Any:
        answer = call(self, api, action, *rest, **more)
        if action.name == at:
            raise Cut
        return answer

    monkeypatch.setattr(OpenApi, "call", cut)
    with pytest.raises(Cut):
        delete(platform, plan)
    monkeypatch.setattr(OpenApi, "call", call)
    platform.pass_days(0.02)  # until the lease of the dead one is over
    delete(platform, plan)

    assert not GOES & fates(preview(platform)).keys()
    assert platform.failures == []


@pytest.mark.long
def test_of_two_at_once_one_is_told_to_wait(platform: Platform) -> None:
    plan = preview(platform)
    with (
        platform.world.leases.hold("automatic-plan", "another", 60),
        pytest.raises(Exception, match=r"^nothing was deleted: .* 15 minutes after it began"),
    ):
        delete(platform, plan)
    assert platform.cloud.service("cas").find(OLD) is not None


@pytest.mark.long
def test_one_without_the_right_to_delete_is_told_and_the_others_go(platform: Platform) -> None:
    plan = preview(platform)
    platform.cloud.faults.add(Fault("DeleteServerCertificate", 403, "Forbidden.RAM"))
    done = delete(platform, plan)
    assert fates(done) == {OLD: "kept", ESA_OLD: "deleted", SLB_OLD: "failed"}
    assert "Forbidden.RAM" in reason(done, "SLB")
    assert fates(delete(platform, preview(platform))) == dict.fromkeys((OLD, SLB_OLD, WILD), "deleted")


@pytest.mark.long
def test_a_product_that_has_no_store_is_refused(platform: Platform) -> None:
    answer = platform.call(CLEANS, {"Delete": {"Stored": ["CDN/-/www.example.com"]}})
    assert answer["Message"] == "Stored: CDN is no product with a store in the scope"
