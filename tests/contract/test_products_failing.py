"""No answer, or an odd refusal, is an error: never a slot that is gone, or free, or settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError, CloudUnavailableError, NotYetEffectiveError
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.driven import Driven

Verb = Callable[[Driven, CloudResource, Certificate], object]
VERBS: tuple[Verb, ...] = (
    lambda adapter, slot, new: adapter.read(slot),
    lambda adapter, slot, new: adapter.successor(slot, new),
    lambda adapter, slot, new: adapter.settled(slot),
)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(case: Case, server: Server) -> Bench:
    return new_bench(server, case.product, case.estate, case.region)


def asked(bench: Bench, happens: Callable[[], object]) -> Iterator[str]:
    """The product's actions, in the order in which they are called first."""
    before = len(bench.cloud.calls)
    happens()
    yield from dict.fromkeys(call.action for call in bench.cloud.calls[before:] if call.api != "cas")


@contextmanager
def silent(bench: Bench, action: str) -> Iterator[None]:
    """Meanwhile no call of the action is answered, however often it is made."""
    with answering(bench, action, 503, "ServiceUnavailable"):
        yield


@contextmanager
def refused(bench: Bench, action: str) -> Iterator[None]:
    """Meanwhile every call of the action is refused, by a code that nobody knows."""
    with answering(bench, action, 400, "Odd.Refusal"):
        yield


@contextmanager
def answering(bench: Bench, action: str, status: int, code: str) -> Iterator[None]:
    before = bench.count(action, code=code)
    bench.cloud.faults.add(Fault(action, status, code, times=99))
    yield
    assert bench.count(action, code=code) > before
    bench.cloud.faults.clear()


def test_a_question_that_gets_no_answer_or_an_odd_refusal_is_an_error(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    """An adapter that has asked before may know: each question is that of a new one."""
    new = bench.certificate("new")

    for verb in VERBS:
        for action in asked(bench, partial(verb, bench.adapter_with(seconds=10), slot, new)):
            with silent(bench, action), pytest.raises(CloudUnavailableError):
                verb(bench.adapter_with(seconds=10), slot, new)
            with refused(bench, action), pytest.raises(CloudRejectedError, match=r"Odd\.Refusal"):
                verb(bench.adapter_with(seconds=10), slot, new)


def test_nothing_is_written_before_every_question_is_answered(
    case: Case, bench: Bench, slot: CloudResource, server: Server
) -> None:
    asking = [*asked(bench, lambda: bench.deploy(slot, "new"))]
    bench = new_bench(server, case.product, case.estate, case.region)
    new = bench.certificate("new")

    for action in asking[: asking.index(case.writes)]:
        with silent(bench, action), pytest.raises(CloudUnavailableError):
            bench.adapter.deploy(slot, new)
        with refused(bench, action), pytest.raises(CloudRejectedError, match=r"Odd\.Refusal"):
            bench.adapter.deploy(slot, new)

    assert bench.count(case.writes) == 0
    assert bench.carried() == case.carried


def test_a_change_is_settled_when_the_product_says_so_and_not_before(
    case: Case, bench: Bench, slot: CloudResource
) -> None:
    """Where it says nothing of it, the handshake tells."""
    clock = bench.cloud.clock
    new = bench.certificate("new")
    bench.cloud.settle_s = 300
    with suppress(NotYetEffectiveError):
        bench.adapter_with(seconds=0.03).deploy(slot, new)

    try:
        assert bench.adapter.settled(slot, new) != case.settles
        bench.cloud.clock = lambda: clock() + timedelta(seconds=301)
        assert bench.adapter.settled(slot, new)
    finally:
        bench.cloud.clock = clock
