"""GA: what a look asks, of accelerators that are changed, by us or by somebody else."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.products.kit.changes import Carries, Change
from shared.products.kit.exchange import End
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.ga import ESTATE

UPDATE = "UpdateListener"
EXCHANGE = "UpdateAdditionalCertificateWithListener"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.GA, ESTATE)


def test_a_slot_is_looked_at_by_no_more_calls_than_tell_of_it_and_not_while_it_is_known_to_change(
    bench: Bench,
) -> None:
    slots, new = bench.slots(), bench.certificate("new")
    bench.cloud.calls.clear()
    bench.cloud.settle_s = 0.3

    for label in ("shop:443/default", "shop:443/additional/second"):
        bench.adapter.deploy(slots[label], new)

    calls = bench.calls()
    assert calls.pop("ListAccelerators") > 4, "nothing was waited for"
    assert calls == {"ListListenerCertificates": 4 * 2, "DescribeListener": 2, UPDATE: 1, EXCHANGE: 1}


@pytest.mark.ordinary_answers("calls are counted, and a total that is off costs a further one")
def test_accelerators_in_work_are_told_by_one_list(bench: Bench) -> None:
    bench.adapter.adapter.page_size = 50  # type: ignore[misc]
    slots = [bench.slot("shop:443/default"), bench.slot("mail:443/default")]
    bench.cloud.calls.clear()
    for slot in slots * 2:
        bench.adapter.settled(slot)

    asked = [
        "AcceleratorId" in call.params for call in bench.cloud.calls if call.action == "ListAccelerators"
    ]
    assert asked == [True, False, False], "the first one is alone, and later told what was read for the other"


def test_what_is_not_there_while_the_accelerator_is_locked_is_not_gone_yet(bench: Bench) -> None:
    slot = bench.slot("shop:443/additional/second")
    bench.cloud.settle_s = 30
    bench.adapter.started(bench.slot("shop:444/default"), bench.certificate("new"))

    past = slot.evolve(resource_id=slot.resource_id.replace("pay.", "past."))
    (look,) = bench.adapter_with(seconds=5).look([Change(past, bench.certificate("new"))])

    assert look is not None
    assert not look.settled


def test_an_accelerator_that_leaves_while_it_is_changed_is_gone(bench: Bench) -> None:
    slot = bench.slot("shop:443/default")
    bench.cloud.settle_s = 30
    going = bench.adapter.started(slot, bench.certificate("new"))
    bench.cloud.service("ga")._accelerators.clear()

    with pytest.raises(StopIteration) as done:
        next(going)

    assert [outcome.end for outcome in done.value.value] == [End.GONE]


def test_an_accelerator_that_somebody_else_changes_tells_what_it_carries(bench: Bench) -> None:
    """Also where a change of our own has been seen through before."""
    slot = bench.slot("shop:443/default")
    bench.deploy(bench.slot("shop:444/default"), "new")
    bench.cloud.settle_s = 30
    bench.adapter_with(seconds=5).started(bench.slot("shop:444/default"), bench.certificate("second"))

    (look,) = bench.adapter.look([Change(slot, bench.certificate("new"))])

    assert (look.settled, look.carries, look.slot) == (False, Carries.EXPECTED, slot)


def test_a_state_that_was_read_for_another_accelerator_before_the_change_tells_nothing_after_it(
    bench: Bench,
) -> None:
    bench.adapter.adapter.page_size = 50  # type: ignore[misc]
    bench.cloud.settle_s = 30
    mail = Change(bench.slot("mail:443/default"), bench.certificate("other-too"))
    shop = Change(bench.slot("shop:443/default"), bench.certificate("new"))
    adapter = bench.adapter.adapter
    for change in (mail, shop, mail):
        (seen,) = adapter.look([change])
    (seen,) = adapter.look([shop])
    for _ in range(2):  # it is told what was read for the other one, then asks anew
        adapter.look([mail])

    adapter.advance([(shop, seen)])
    bench.cloud.calls.clear()

    (after,) = adapter.look([shop])
    assert not after.settled
    assert bench.count("ListListenerCertificates") == 0, "it was taken for ready"
