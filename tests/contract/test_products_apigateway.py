"""API Gateway alone: PEM and names of the traditional one, whole-domain changes of the cloud-native one."""

from __future__ import annotations

import logging

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.errors import (
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    NotYetEffectiveError,
)
from shared.products.kit.changes import Carries
from tests.contract.bench import Bench
from tests.contract.cases.apigateway_classic import group
from tests.contract.cases.apigateway_cloud_native import domain
from tests.contract.gateways import CLASSIC, NATIVE, REGION, a_slot


def test_a_certificate_that_we_set_is_known_by_its_name_without_reading_its_pem(classic: Bench) -> None:
    classic.deploy(classic.slot(CLASSIC.slot), "new")
    classic.cloud.calls.clear()

    assert classic.carried()[CLASSIC.slot] == "new"
    named = {call.params["DomainName"] for call in classic.cloud.calls if call.action == "DescribeDomain"}
    assert named == {"api.example.com", "*.example.org"}


def test_a_group_is_asked_once_for_all_domains_that_are_looked_at(classic: Bench) -> None:
    slots = [slot for slot in classic.slots().values() if slot.https and slot.instance_id == group("shop")]
    new = classic.certificate("new")
    classic.cloud.calls.clear()

    looks = [classic.adapter.seen(slot, new) for slot in slots]

    assert len(slots) > 1
    assert [look.carries for look in looks if look] == [Carries.EXPECTED] * len(slots)
    assert classic.count("DescribeApiGroup") == 1


def test_a_certificate_that_was_exchanged_under_our_name_is_seen_before_a_change(classic: Bench) -> None:
    slot = classic.deploy(classic.slot(CLASSIC.slot), "new")
    bundle = classic.estate.bundle("second", classic.cloud.clock())
    held = classic.cloud.service("cloudapi")._groups[0].domains[0].held
    held.bundle = bundle

    now = classic.adapter.read(slot)

    assert now is not None
    assert classic.name_of(now.cert_identifier) == "second"


def test_a_certificate_that_cas_does_not_know_is_named_by_its_fingerprint(server: Server) -> None:
    bench, slot = a_slot(server, "apigateway", certificate="by-hand")

    bundle = bench.estate.bundle("by-hand", bench.cloud.clock())
    assert slot.cert_identifier == f"sha256:{bundle.sha256.lower()}"
    assert slot.https


def test_a_private_key_that_the_gateway_answers_with_goes_nowhere(
    classic: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    slots = classic.slots()
    classic.deploy(classic.slot(CLASSIC.slot), "new")

    kept = f"{slots} {caplog.text} {classic.adapter.__dict__} {classic.cloud.calls}"
    assert "PRIVATE" not in kept


def test_a_domain_with_mutual_tls_is_left_alone(server: Server) -> None:
    bench, slot = a_slot(server, "apigateway", mutual_tls=True)

    assert "mutual TLS" in slot.obstacle
    with pytest.raises(
        CloudRejectedError, match=r"^SetDomainCertificate: NotDeployable: the domain uses mutual TLS, "
    ):
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert bench.count("SetDomainCertificate") == 0


def test_a_domain_within_a_vpc_cannot_be_met(server: Server) -> None:
    _, slot = a_slot(server, "apigateway", internal=True)

    assert slot.endpoint == ""


def test_a_change_that_meets_another_one_of_the_group_is_made_in_the_end(classic: Bench) -> None:
    slot = classic.slot(CLASSIC.slot)
    classic.cloud.faults.add(Fault("SetDomainCertificate", status=400, code="RepeatedCommit"))

    classic.deploy(slot, "new")

    assert slot.writer == f"APIGateway/{REGION}/{group('shop')}"


@pytest.mark.parametrize("action", ["ListGateways", "ListDomains"])
@pytest.mark.parametrize(
    ("code", "kind"),
    [("Forbidden", CloudDeniedError), ("Throttling.User", CloudThrottledError), ("Bad", CloudRejectedError)],
)
def test_a_list_that_failed_under_http_200_is_an_error_never_an_empty_list(
    native: Bench, monkeypatch: pytest.MonkeyPatch, action: str, code: str, kind: type[Exception]
) -> None:
    refusal = {"code": code, "message": "not today"}
    monkeypatch.setattr(native.cloud.service("apig"), action, lambda call: refusal)

    with pytest.raises(kind, match="not today"):
        native.slots()


def test_a_domain_that_another_product_made_is_left_to_it(server: Server) -> None:
    bench, slot = a_slot(server, "apig", created_from="K8sIngress")

    assert "K8sIngress" in slot.obstacle
    with pytest.raises(
        CloudRejectedError, match=r"^UpdateDomain: NotDeployable: the domain was made by K8sIngress, "
    ):
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert bench.count("UpdateDomain") == 0


def test_a_domain_is_met_at_a_public_address_of_its_gateway(native: Bench) -> None:
    slots = native.slots()
    addresses = {name: host for host, name in native.cloud.service("apig").slots()}

    assert slots[domain("w.example.com")].endpoint == addresses["w.example.com"]
    assert slots[domain("*.example.org")].endpoint == addresses["any.example.org"]


def test_a_changed_domain_is_settled_when_it_is_published(native: Bench) -> None:
    slot = native.slot(NATIVE.slot)
    native.cloud.settle_s = 30

    with pytest.raises(NotYetEffectiveError):
        native.adapter_with(seconds=0.05).deploy(slot, native.certificate("new"))

    assert not native.adapter.settled(slot)


def test_a_region_is_asked_only_for_the_kinds_that_it_has(native: Bench) -> None:
    assert "me-central-1" in native.adapter.regions()

    assert native.slots("me-central-1") == {}
    assert native.count("DescribeApiGroups") == 0
    assert native.count("ListDomains") == 1
