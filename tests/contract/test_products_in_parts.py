"""A discovery that takes several invocations finds what one alone finds, each slot once."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.resources import CloudResource
from shared.errors import CloudThrottledError
from shared.products import adapter_class
from shared.products.kit.found import Unread
from shared.products.kit.means import Means
from shared.products.kit.parts import Parts
from tests.contract.bench import STORE, AllOfCas, Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.driven import is_total_off

ACCOUNTS = {id(case.estate): case for case in reversed(CASES)}.values()
#: A few lists tell all of theirs: they are read at once. SAE's rules are needed together, for its balancers.
AT_ONCE = ("DDOS", "FC-", "SAE-", "APIGateway-cloud-native")
ENDLESS = 40


def invocation(bench: Bench, parts: Parts) -> tuple[list[CloudResource], bool]:
    """What one more of them finds, and whether it was the last."""
    made = adapter_class(bench.product)(Means(bench.client, AllOfCas(Cas(bench.client, STORE)), parts=parts))
    for one in (made, *getattr(made, "_by_kind", {}).values()):
        one.page_size = 2
    found: list[CloudResource] = []
    try:
        for one in made.discover(bench.region):
            if isinstance(one, Unread):
                assert is_total_off(one)
            else:
                found.append(one)
    except CloudThrottledError:
        return found, False
    return found, True


@pytest.mark.parametrize("case", ACCOUNTS, ids=lambda case: case.name)
def test_invocations_of_one_part_each_find_what_one_alone_finds(case: Case, server: Server) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    whole = {slot.slot: slot for slot in bench.slots().values()}
    read: set[str] = set()
    found: list[CloudResource] = []
    invocations, last = 0, False

    while not last:
        invocations += 1
        assert invocations < ENDLESS
        parts = Parts(read, lambda: 0.0)
        of_this, last = invocation(bench, parts)
        found += of_this
        assert last or parts.gained
        read = parts.read

    assert len(found) == len(whole), "one was found twice, or not at all"
    assert {slot.slot: bench.sure(slot) for slot in found} == {
        name: bench.sure(slot) for name, slot in whole.items()
    }
    assert (invocations == 1) == case.name.startswith(AT_ONCE)
