"""What every product's adapter keeps: one suite, a row per product in `cases.py`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from emulator.estate import parse_estate
from emulator.faults import Fault
from emulator.server import Server
from shared.domain.matching import FIRST_DEPLOYMENT
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import (
    CloudBusyError,
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from shared.products import default_products, supported_products
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, CERTIFICATES, Case


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(case: Case, server: Server) -> Bench:
    return new_bench(server, case.product, case.estate, case.region)


def _each(actions: Callable[[Case], tuple[str, ...]]) -> pytest.MarkDecorator:
    """Each action of a product, in the account of its first row."""
    rows = {(case.product, name): case for case in reversed(CASES) for name in actions(case)}
    params = [pytest.param(case, name, id=f"{case.name}-{name}") for (_, name), case in rows.items()]
    return pytest.mark.parametrize(("case", "action"), params, indirect=["case"])


#: What concerns an account, and no kind of slot in it, is asked once for each.
each_account = pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name) for case in {id(c.estate): c for c in reversed(CASES)}.values()],
    indirect=True,
)


each_read = _each(lambda case: case.reads)
each_read_within = _each(lambda case: (*case.reads, *case.reads_within))
#: Asked before the slots of a region are.
_OF_THE_REGION = frozenset({"DescribeRegions"})


def test_every_supported_product_has_a_row() -> None:
    """Another cloud has a suite of its own, since its SDK is the client."""
    assert {case.product for case in CASES} == set(default_products())


@each_account
def test_every_account_has_several_of_everything(case: Case, bench: Bench) -> None:
    """Instances, slots, certificates of other owners, and a slot without any."""
    slots = bench.slots()

    instances = {slot.instance_id or slot.resource_id for slot in slots.values()}
    assert len(instances) > 1 or case.product is CloudProduct.WAF, "which has one instance a region"
    assert list(case.carried.values()).count("") >= 1
    assert {name for name in case.carried.values() if name.startswith(("old", "second"))}
    assert [label for label, name in case.carried.items() if "other" in name and label != case.slot]


@pytest.mark.parametrize("product", default_products())
def test_every_action_that_discovery_calls_is_denied_and_throttled_below(
    server: Server, product: CloudProduct
) -> None:
    cases = [case for case in CASES if case.product is product]
    bench = new_bench(server, product, cases[0].estate, cases[0].region)
    slots = list(bench.adapter.discover(cases[0].region))

    called = {call.action for call in bench.cloud.calls if call.api != "cas"}
    struck = {action for case in cases for action in (*case.reads, *case.reads_within)}
    assert slots
    assert called - struck - _OF_THE_REGION == set()


def test_every_product_with_a_first_deployment_has_a_slot_for_it() -> None:
    allowed = FIRST_DEPLOYMENT & set(supported_products())

    assert {case.product for case in CASES if case.without_https} == allowed


@each_account
def test_discovery_yields_every_slot_of_every_page_and_says_where_https_is_off(
    case: Case, bench: Bench
) -> None:
    slots = bench.slots()

    assert {label: bench.name_of(slot.cert_identifier) for label, slot in slots.items()} == case.carried
    assert {label for label, slot in slots.items() if not slot.https} == {
        label for label, name in case.carried.items() if not name
    }
    assert bench.count(case.pages) > 1, "the account has one page only"


@each_account
def test_reading_a_slot_gives_what_discovery_found(case: Case, bench: Bench) -> None:
    slots = {label: slot for label, slot in bench.slots().items() if slot.https}

    read = {label: bench.adapter.read(slot) for label, slot in slots.items()}
    assert {label: bench.sure(slot) for label, slot in read.items()} == {
        label: bench.sure(slot) for label, slot in slots.items()
    }


def test_a_vanished_slot_reads_as_none(case: Case, bench: Bench, slot: CloudResource) -> None:
    bench.cloud.load(parse_estate({"certificates": CERTIFICATES}))

    assert bench.adapter.read(slot) is None


def test_a_deployment_exchanges_this_slot_once_and_no_other(case: Case, bench: Bench) -> None:
    slot, named = bench.slot(case.slot), case.renamed.get(case.slot, case.slot)

    successor = bench.deploy(slot, "new")

    after = {case.renamed.get(label, label): name for label, name in case.carried.items()}
    slots = bench.slots()
    assert {label: bench.name_of(one.cert_identifier) for label, one in slots.items()} == {
        **after,
        named: "new",
    }
    assert bench.sure(successor) == bench.sure(slots[named].evolve(domains=successor.domains))
    bench.deploy(slot, "new")
    assert bench.count(case.writes) == 1


def test_a_lost_answer_does_not_deploy_twice(case: Case, bench: Bench, slot: CloudResource) -> None:
    bench.cloud.faults.add(Fault(case.writes, when="after", drop=True))

    bench.deploy(slot, "new")

    assert bench.count(case.writes) == 1


def test_a_write_that_was_never_carried_out_throttled_or_met_another_change_is_made_in_the_end(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    bench.cloud.faults.add(Fault(case.writes, status=503, when="before"))
    with pytest.raises(CloudUnavailableError):
        bench.adapter.deploy(slot, bench.certificate("new"))

    bench.cloud.faults.add(Fault(case.writes, status=400, code="Throttling.User", times=2))
    bench.cloud.faults.add(Fault(case.writes, status=409, code=case.busy))
    with suppress(CloudBusyError):  # that the product waits for, or the next try
        bench.adapter.deploy(slot, bench.certificate("new"))
    bench.deploy(slot, "new")

    codes = {"ServiceUnavailable": 1, "Throttling.User": 2, case.busy: 1, "": 1}
    assert {code: bench.count(case.writes, code=code) for code in codes} == codes


def test_a_denied_write_is_not_repeated_and_changes_nothing(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    bench.cloud.deny(f"*:{case.writes}")

    with pytest.raises(CloudDeniedError):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.count(case.writes) == bench.count(case.writes, code=case.code_of_denial) == 1
    assert bench.carried() == case.carried


def test_a_write_that_the_product_refuses_is_not_repeated_and_changes_nothing(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    bench.cloud.faults.add(Fault(case.writes, status=400, code="Odd.Refusal", message="for a reason"))

    with pytest.raises(CloudRejectedError, match=rf"^{case.writes}: Odd\.Refusal: .*for a reason"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.count(case.writes) == 1
    assert bench.carried() == case.carried


@each_read
def test_a_denied_discovery_is_an_error_never_an_empty_list(case: Case, bench: Bench, action: str) -> None:
    bench.cloud.deny(f"*:{action}")

    with pytest.raises(CloudDeniedError):
        bench.slots()


@each_read_within
def test_a_throttled_discovery_is_an_error_never_an_empty_list(case: Case, bench: Bench, action: str) -> None:
    bench.cloud.faults.add(Fault(action, status=400, code="Throttling.User", times=4))

    with pytest.raises(CloudThrottledError):
        bench.slots()


@each_account
def test_a_page_that_fails_is_an_error_never_the_end_of_the_list(case: Case, bench: Bench) -> None:
    bench.cloud.faults.add(Fault(case.pages, passing=1, times=4))

    with pytest.raises(CloudUnavailableError):
        bench.slots()


@each_account
def test_a_page_that_is_throttled_twice_is_read_in_the_end(case: Case, bench: Bench) -> None:
    bench.cloud.faults.add(Fault(case.pages, status=400, code="Throttling.User", times=2))

    assert bench.carried() == case.carried


def test_a_certificate_for_other_names_is_refused_before_anything_is_sent(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    with pytest.raises(CloudRejectedError, match="CertificateMismatch"):
        bench.adapter.deploy(slot, bench.certificate("other-too"))

    assert bench.count(case.writes) == 0


@pytest.mark.long
def test_a_certificate_that_the_product_cannot_find_is_refused(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    certificate = bench.certificate("new").evolve(cert_id=1)

    with pytest.raises(CloudRejectedError):
        bench.adapter.deploy(slot, certificate)

    assert bench.carried() == case.carried


def test_a_first_deployment_is_made_and_undone(case: Case, bench: Bench) -> None:
    if not case.without_https:
        slot = bench.slot(case.slot)
        with pytest.raises(CloudRejectedError, match="Unsupported"):
            bench.adapter.restore(slot, None)
        assert bench.carried() == case.carried
        return
    slot = bench.slot(case.without_https)

    successor = bench.deploy(slot, "new")
    assert bench.carried() == {**case.carried, case.without_https: "new"}
    bench.adapter.restore(successor, None)
    bench.settle(successor)

    assert bench.carried() == case.carried
