"""Each kind of slot: its id, its product or the certificate in place tells its names, whatever a row says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from emulator.server import Server
from shared.domain.regions import KNOWN, Regions
from shared.domain.resources import CloudResource
from shared.products import names_told_by, why_no_slot
from shared.products.kit.changes import Change, Look
from shared.products.kit.forms import Names
from tests.contract import aws_bench
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.slots import SLOTS

FORGED = ("pay.example.net",)
ACCOUNTS = list({id(case.estate): case for case in reversed(CASES)}.values())
DECISION = Path(__file__).parents[2] / "docs/decisions/17-where-a-request-may-go.md"


def told(bench: Bench, slot: CloudResource, regions: Regions) -> tuple[Names, Look | None]:
    """What tells the names, and the look at a slot whose row has others; None if that makes it none."""
    forged = slot.evolve(domains=FORGED)
    by = names_told_by(slot)
    if by is Names.ID:
        assert why_no_slot(forged, regions), slot.slot
        return by, None
    assert not why_no_slot(forged, regions), slot.slot
    (look,) = bench.adapter.look([Change(forged, None)])
    return by, look


def known(bench: Bench, slot: CloudResource) -> tuple[str, ...]:
    return bench.certificate(bench.name_of(slot.cert_identifier)).names


@pytest.mark.parametrize("case", ACCOUNTS, ids=lambda case: case.name)
def test_a_look_or_the_slot_s_id_tells_its_names_or_that_they_are_its_certificate_s(
    case: Case, server: Server
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    slots = [slot for slot in bench.slots().values() if slot.cert_identifier]

    assert slots
    for slot in slots:
        by, look = told(bench, slot, KNOWN)
        if by is Names.LOOK:
            assert look is not None
            assert look.slot.domains == slot.domains, slot.slot
        elif by is Names.LEAF:
            assert look is not None
            assert look.slot.domains, slot.slot
            assert set(look.slot.domains) == set(slot.domains or known(bench, slot)), slot.slot
        elif by is Names.CAS:
            assert look is not None
            assert look.slot.domains_of_certificate
            assert look.slot.cert_identifier == slot.cert_identifier, "by which CAS tells the names"


def test_a_look_tells_them_on_another_cloud_too(amazon: Bench) -> None:
    slots = [s for kind in aws_bench.seen(amazon).by_kind.values() for s in kind if s.cert_identifier]

    assert {slot.kind for slot in slots} >= {"acm", "listener"}
    for slot in slots:
        by, look = told(amazon, slot, Regions((amazon.region,)))
        assert by in (Names.LEAF, Names.LOOK)
        assert look is not None
        assert look.slot.domains == slot.domains, slot.slot


def test_names_that_a_look_tells_compare_however_they_are_written(
    native: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = next(slot for slot in native.slots().values() if slot.cert_identifier)
    edit(
        monkeypatch, native.cloud, "GetDomain", lambda told: told["data"].update(name=slot.domains[0].upper())
    )

    (look,) = native.adapter.look([Change(slot, None)])

    assert look is not None
    assert look.slot.domains == slot.domains


@pytest.mark.long
def test_aliases_that_a_look_tells_compare_however_they_are_written(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws_bench.a_distribution(aws_bench.issued_by_amazon("www.example.com"), "www.example.com")
    (slot,) = aws_bench.seen(amazon).by_kind["distribution"]
    aws_bench.edit_answers(
        monkeypatch, "GetDistribution", lambda text: text.replace(">www.example.com<", ">WWW.example.com<")
    )

    (look,) = amazon.adapter.look([Change(slot, None)])

    assert look is not None
    assert look.slot.domains == slot.domains == ("www.example.com",)


def places_told(bench: Bench, slots: Iterable[CloudResource]) -> set[str]:
    """The kinds of which looks tell where clients meet a slot, whatever its row says."""
    found = set()
    for slot in slots:
        (look,) = bench.adapter.look([Change(slot.evolve(endpoint="evil.example:443"), None)])
        assert look is not None
        if look.slot.endpoint == slot.endpoint:
            found.add(named(slot))
        else:
            assert look.slot.endpoint == "evil.example:443", "it tells nothing"
    return found


def named(slot: CloudResource) -> str:
    return f"{slot.product.value} ({slot.kind})" if slot.kind else slot.product.value


def rows(which: str) -> dict[str, set[str]]:
    """Of the table in the documentation: the kinds of slot, by what tells it."""
    found = re.findall(rf"^\| {which}: (.*?) \| (.*?) \|$", DECISION.read_text(), flags=re.MULTILINE)
    assert found
    return {told: set(_kinds(kinds)) for told, kinds in found}


def _kinds(text: str) -> Iterator[str]:
    for product, inner in re.findall(r"(\w+)(?: \((.*?)\))?(?:, |$)", text):
        for kind in inner.split(", "):
            yield f"{product} ({kind})" if kind else product


@pytest.mark.ordinary_answers("sparse ones leave out the address")
@pytest.mark.parametrize("case", ACCOUNTS, ids=lambda case: case.name)
def test_where_clients_meet_a_slot_is_told_by_the_looks_that_are_documented(
    case: Case, server: Server
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    slots = [slot for slot in bench.slots().values() if slot.cert_identifier and slot.endpoint]
    documented = rows("met")

    assert places_told(bench, slots) == {named(slot) for slot in slots} & documented["each look"]
    others = {named(slot) for slot in slots} - documented["each look"]
    assert all({kind, kind.partition(" ")[0]} & documented["the last discovery"] for kind in others)


def test_the_documentation_says_of_each_kind_what_tells_its_names() -> None:
    documented = rows("names")

    assert set(documented) == {by.value for by in Names}
    for product, fields in SLOTS:
        slot = CloudResource(product=product, **fields)
        kinds = documented[names_told_by(slot).value]
        assert any(kind.startswith(product.value) for kind in kinds), slot.slot
        assert not slot.kind or named(slot) in kinds
