"""API Gateway: what its answers may leave out or say otherwise, of either kind, and alone."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import (
    CloudRejectedError,
    NotYetEffectiveError,
    UnreadableAnswerError,
)
from shared.products.kit.found import Unread
from tests.contract.answers import edit, put, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.apigateway_classic import group
from tests.contract.cases.apigateway_cloud_native import domain
from tests.contract.gateways import CLASSIC, NATIVE, REGION


def say_status(native: Bench, patch: pytest.MonkeyPatch, before: str, after: str) -> None:
    """The list has these words for the status of each domain, before and after a change."""

    def change(answer: dict[str, Any]) -> None:
        put(answer, "data.items[].status", after if native.count("UpdateDomain") else before)

    edit(patch, native.cloud, "ListDomains", change)


@pytest.mark.parametrize("word", ["Online", "UnPublished", ""])
def test_a_domain_that_is_as_it_was_before_the_change_is_settled(
    native: Bench, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    slot = native.slot(NATIVE.slot)
    say_status(native, monkeypatch, word, word)

    native.deploy(slot, "new")

    assert native.count("UpdateDomain") == 1


@pytest.mark.parametrize(("before", "after"), [("Online", "Odd"), ("Publishing", "Publishing"), ("Odd", "")])
def test_a_word_for_the_status_that_is_not_known_is_not_settled(
    native: Bench, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    slot = native.slot(NATIVE.slot)
    say_status(native, monkeypatch, before, after)

    with pytest.raises(NotYetEffectiveError):
        native.adapter_with(seconds=0.05).deploy(slot, native.certificate("new"))


def test_items_and_total_that_are_left_out_are_an_empty_list(
    native: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for action in ("ListGateways", "ListDomains"):
        edit(monkeypatch, native.cloud, action, lambda answer: answer["data"].clear())

    assert native.slots() == {}


def test_pages_without_a_total_are_read_to_their_end(native: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, native.cloud, "ListDomains", lambda answer: take_out(answer, "data.totalSize"))

    assert native.carried() == NATIVE.carried


@pytest.mark.parametrize("code", ["NotFound", "Error.DatabaseError.RecordNotFound"])
def test_a_domain_that_is_not_found_by_either_word_is_gone(
    native: Bench, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    slot = native.slot(NATIVE.slot)
    refusal = {"code": code, "message": "no such domain"}
    monkeypatch.setattr(native.cloud.service("apig"), "GetDomain", lambda call: refusal)

    with pytest.raises(CloudRejectedError, match=r"look: NotFound: .* is gone"):
        native.adapter.deploy(slot, native.certificate("new"))


def test_a_domain_that_tells_nothing_is_not_one_without_certificate(
    native: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = native.slot(NATIVE.slot)
    edit(monkeypatch, native.cloud, "GetDomain", lambda answer: answer.pop("data"))

    with pytest.raises(UnreadableAnswerError, match=r"GetDomain: .*data.name: it is missing"):
        native.adapter.deploy(slot, native.certificate("new"))


def test_custom_domains_that_are_left_out_are_none(classic: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, classic.cloud, "DescribeApiGroup", lambda answer: take_out(answer, "CustomDomains"))

    assert classic.slots() == {}


def test_a_group_that_cannot_be_read_hides_no_other(classic: Bench) -> None:
    classic.cloud.faults.add(Fault("DescribeApiGroup", status=403, code="Forbidden.RAM"))

    found = list(classic.adapter.found(REGION))

    (hidden,) = [one.what for one in found if isinstance(one, Unread)]
    others = {name for name in CLASSIC.carried if not name.startswith(hidden)}
    assert {one.resource_id for one in found if not isinstance(one, Unread)} == others


def both(server: Server) -> Bench:
    rows = {"domains": [{"domain": "www.example.com", "certificate": "old"}]}
    shop = {"name": "shop", "region": REGION, **rows}
    estate = {"certificates": CERTIFICATES, "apigateway": [shop], "apig": [shop]}
    return new_bench(server, CloudProduct.API_GATEWAY, estate, REGION)


@pytest.mark.parametrize(
    ("action", "hidden", "seen"),
    [("DescribeApiGroups", "classic", "cloud-native"), ("ListDomains", "cloud-native", "classic")],
)
def test_one_kind_that_was_never_activated_hides_not_the_other(
    server: Server, action: str, hidden: str, seen: str
) -> None:
    bench = both(server)
    bench.cloud.faults.add(Fault(action, status=403, code="ServiceNotActivated"))

    found = list(bench.adapter.found(REGION))

    assert [one.what if isinstance(one, Unread) else one.kind for one in found] in (
        [f"kind {hidden}", seen],
        [seen, f"kind {hidden}"],
    )


def test_a_classic_gateway_that_does_not_tell_its_regions_hides_not_the_cloud_native_one(
    server: Server,
) -> None:
    bench = both(server)
    bench.cloud.deny("apigateway:DescribeRegions")

    assert {REGION, "me-central-1", "cn-huhehaote"} <= set(bench.adapter.regions())
    found = list(bench.adapter.found(REGION))
    assert [one.what if isinstance(one, Unread) else one.kind for one in found] == [
        "kind classic",
        "cloud-native",
    ]


def test_regions_that_are_left_out_are_not_none(classic: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without regions, all that is known of them would be forgotten."""
    edit(monkeypatch, classic.cloud, "DescribeRegions", lambda answer: take_out(answer, "Regions"))

    assert REGION in classic.adapter.regions()
    with pytest.raises(UnreadableAnswerError, match=r"DescribeRegions: .*Regions: it is missing"):
        classic.slots()


def test_both_kinds_of_one_region_are_found(server: Server) -> None:
    bench = both(server)

    kinds = {slot.kind: label for label, slot in bench.slots().items()}
    assert kinds == {
        "classic": f"{group('shop')}/www.example.com",
        "cloud-native": domain("www.example.com"),
    }
