"""A list that tells many slots' state is shared, but never from before one's own write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.server import Server
from shared.products.kit.changes import Carries, Change
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.cases.esa import entry, hostname

#: Another slot that the same list tells.
BESIDE = {
    "CDN": "shop.example.com",
    "DCDN": "shop.example.com",
    "DDOS": "*.example.com",
    "ESA": entry("second"),
    "ESA-hostname": hostname("c.example.com"),
    "LIVE": "shop.example.com",
    "OSS": "bucket-one/css.example.com",
    "VOD": "shop.example.com",
    "WAF": "shop.example.com",
}
#: Of which the product says while it is under way that it is.
SAYS_SO = {"CDN", "DCDN", "ESA-hostname", "LIVE", "VOD", "WAF"}


@pytest.fixture(params=[case for case in CASES if case.name in BESIDE], ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(case: Case, server: Server) -> Bench:
    bench = new_bench(server, case.product, case.estate, case.region)
    bench.cloud.settle_s = 60
    for one in (bench.adapter.adapter, *getattr(bench.adapter.adapter, "_by_kind", {}).values()):
        one.page_size = 50 if case.name != "DDOS" else 10
    return bench


def test_a_reading_from_before_one_s_own_write_says_nothing(case: Case, bench: Bench) -> None:
    new, slots = bench.certificate("new"), bench.slots()
    mine, other = Change(bench.slot(case.slot), new), Change(slots[BESIDE[case.name]], new)
    adapter = bench.adapter.adapter
    before = _look(bench, mine)
    for _ in range(2):  # the second time it is read anew
        _look(bench, replace(other, begun=True))

    adapter.advance([(mine, before)])

    assert before.carries is Carries.EXPECTED
    for _ in range(2):  # the first may be too early to ask at all
        after = _look(bench, replace(mine, begun=True))
        assert after.settled is (case.name not in SAYS_SO)
        assert after.carries is (Carries.BETWEEN if case.name in SAYS_SO else Carries.WANTED)


@pytest.mark.parametrize("case", [c for c in CASES if c.name in SAYS_SO], indirect=True, ids=lambda c: c.name)
def test_who_asks_for_the_first_time_is_told_the_certificate_while_the_slot_is_being_changed(
    case: Case, bench: Bench
) -> None:
    """As before a rollback: what the job put there is to be found."""
    new, slot = bench.certificate("new"), bench.slot(case.slot)
    change = Change(slot, new)
    bench.adapter.adapter.advance([(change, _look(bench, change))])
    bench.adapter = bench.adapter_with(seconds=5)

    look = _look(bench, change)

    assert (look.carries, look.settled) == (Carries.WANTED, False)
    assert bench.name_of(look.slot.cert_identifier) == "new"


def _look(bench: Bench, change: Change) -> Any:
    (look,) = bench.adapter.adapter.look([change])
    assert look is not None
    return look
