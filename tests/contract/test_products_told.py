"""What discovery tells of a slot: where it is met, by which names, its region, and who writes there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from emulator.edge import offered
from emulator.server import Server
from shared.domain.resources import CloudResource, SlotRole
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case, ack, esa, mse, pai

ACCOUNTS = list({id(case.estate): case for case in reversed(CASES)}.values())
OF_SITE = ("old", "second")
#: Slots with a certificate that no client from outside meets, or none that names a server.
UNMET = {
    "ACK-secret": {
        f"{ack.SHOP}/secret/dev/tls",
        f"{ack.SHOP}/secret/web/mail",
        f"{ack.identity('plain')}/secret/default/tls",
    },
    "ALB-default": {"mail:8443/default"},  # QUIC
    "ESA": {esa.entry(name) for name in OF_SITE} | {esa.entry("other", "example.org")},
    "MSE": {f"{mse.gateway('mail')}/*"},
    "PAI": {
        f"{pai.gateway('models')}/eas.example.com/intranet",
        f"{pai.gateway('inner')}/in.example.com/intranet",
    },
    "SAE-alb": {"spare:443/default"},
    "WAF": {"WAF:443/default"},
    "WAF-port": {"WAF:443/default"},
}
#: What one writer at a time may change, where it is more than the slot.
WRITERS = {
    **dict.fromkeys(("ALB-default", "NLB-default", "SAE-alb"), "listener_id"),
    **dict.fromkeys(("APIGateway-classic", "GA-default", "PAI", "SLB-listener"), "instance_id"),
}


@pytest.fixture(params=ACCOUNTS, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(case: Case, server: Server) -> Bench:
    return new_bench(server, case.product, case.estate, case.region)


def names(bench: Bench, slot: CloudResource) -> tuple[str, ...]:
    """By which a client asks for the slot."""
    known = slot.server_names or slot.domains or bench.certificate(bench.name_of(slot.cert_identifier)).names
    return tuple(name.replace("*", "any") for name in known)


def test_a_slot_is_met_where_it_says_and_serves_what_it_carries(case: Case, bench: Bench) -> None:
    slots = {label: slot for label, slot in bench.slots().items() if slot.https and not slot.obstacle}

    assert {label for label, slot in slots.items() if not slot.endpoint} == UNMET.get(case.name, set())
    for slot in slots.values():
        if slot.endpoint and slot.role is not SlotRole.ADDITIONAL:
            bundle = bench.estate.bundle(bench.name_of(slot.cert_identifier), bench.cloud.clock())
            for name in names(bench, slot):
                assert bundle in (offered(bench.cloud, slot.endpoint, name) or ()), f"{slot.endpoint}: {name}"
    listeners = {(slot.listener_id, slot.endpoint) for slot in slots.values() if slot.listener_id}
    assert len(listeners) == len({listener for listener, _ in listeners}), "one listener is met at two places"


#: What a person looks for in the product's console, where it is more than the slot's own domain.
INSTANCES = {
    "ACK-secret": {"shop", "shop/front", "shop/back", "young", "plain"},
    "ALB-default": {"shop", "mail"},
    "APIGateway-classic": {"shop", "mail"},
    "APIGateway-cloud-native": {"www.example.com", "w.example.com", "plain.example.com", "*.example.org"},
    "ESA": {"example.com", "example.org", "a.example.com", "b.example.com", "c.example.com"},
    "GA-default": {"shop", "mail"},
    "MSE": {"shop", "mail"},
    "NLB-default": {"shop", "mail"},
    "PAI": {"models", "inner", "plain"},
    "SAE-alb": {"shop", "mail", "test", "bare", "spare"},
    "SLB-listener": {"shop", "mail"},
    "WAF": {"", "WAF"},
    "WAF-port": {"WAF", "lb-bp1shop", "i-bp1bare", "nlb-mail"},
}


#: Which kinds of slot tell the end of their certificate; "" where there is one kind only.
ENDS = {
    **{name: {""} for name in ("CDN", "DCDN", "LIVE", "VOD", "OSS")},
    "SLB-listener": {""},
    **{name: {"3.0", "2.0"} for name in ("FC-3.0", "FC-2.0")},
    **{"ACK-secret": {"secret"}, "APIGateway-classic": {"classic"}, "ESA": {"site"}},
}


#: Slots that answer to the names of the certificate in place; all others have names of their own.
NAMELESS: dict[str, Callable[[CloudResource], bool]] = {
    "ACK-secret": lambda slot: bool(slot.kind),
    "ALB-default": lambda slot: True,
    "ESA": lambda slot: slot.kind == "site",
    "GA-default": lambda slot: slot.role is SlotRole.DEFAULT,
    "MSE": lambda slot: slot.resource_id.endswith("/*"),
    "NLB-default": lambda slot: True,
    "SAE-alb": lambda slot: True,
    "SLB-listener": lambda slot: slot.role is SlotRole.DEFAULT,
    "WAF": lambda slot: slot.kind == "default",
    "WAF-port": lambda slot: True,
}


def test_a_slot_tells_the_names_that_it_answers_to_or_that_they_are_its_certificate_s(
    case: Case, bench: Bench
) -> None:
    nameless = NAMELESS.get(case.name, lambda slot: False)

    for slot in bench.slots().values():
        assert slot.domains_of_certificate is nameless(slot), slot.slot
        if not slot.domains_of_certificate and slot.kind:
            (name,) = slot.domains or [slot.instance_name]
            assert name in f"{slot.resource_id} {slot.instance_name}"


def test_a_slot_tells_what_holds_it_who_writes_there_and_when_its_certificate_ends(
    case: Case, bench: Bench
) -> None:
    """A writer is shared where the product takes one change at a time."""
    slots = bench.slots().values()

    assert {slot.instance_name for slot in slots} == INSTANCES.get(case.name, {""})
    for slot in slots:
        own = (
            "listener_id"
            if slot.kind in ("albconfig", "port", "site")
            else WRITERS.get(case.name, "resource_id")
        )
        assert slot.writer == f"{case.product.value}/{case.region or '-'}/{getattr(slot, own)}"
    carrying = [slot for slot in slots if slot.https and not slot.obstacle]
    ends = {slot.kind for slot in carrying if slot.cert_not_after}
    expected = ENDS.get(case.name, set())
    assert ends <= expected if bench.cloud.answers.mode != "full" else ends == expected
    for slot in carrying:
        if slot.cert_not_after:
            assert slot.cert_not_after == bench.certificate(bench.name_of(slot.cert_identifier)).not_after


def test_a_slot_is_of_the_region_that_was_asked_and_of_no_other(case: Case, bench: Bench) -> None:
    slots = bench.slots().values()

    assert {(slot.product, slot.region) for slot in slots} == {(case.product, case.region)}
    if case.region:
        elsewhere = {region for region in bench.estate.regions if region != case.region}
        far = [slot for region in elsewhere for slot in bench.adapter.discover(region)]
        assert {slot.region for slot in far} == elsewhere
        assert not {slot.slot for slot in far} & {slot.slot for slot in slots}


def test_every_region_where_the_account_has_slots_is_looked_at_once(case: Case, bench: Bench) -> None:
    regions = bench.adapter.regions()

    assert isinstance(regions, list)
    assert len(set(regions)) == len(regions)
    assert case.region in regions
    assert not [r for r in regions if r and not re.fullmatch(r"(cn|ap|eu|us|me|na|sa)-[a-z]+(-\d)?", r)]
