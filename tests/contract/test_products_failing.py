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
from tests.contract.bench import Bench, bench
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
def it(case: Case, server: Server) -> Bench:
    return bench(server, case.product, case.estate, case.region)


def asked(it: Bench, happens: Callable[[], object]) -> Iterator[str]:
    """The product's actions, in the order in which they are called first."""
    before = len(it.cloud.calls)
    happens()
    yield from dict.fromkeys(call.action for call in it.cloud.calls[before:] if call.api != "cas")


@contextmanager
def silent(it: Bench, action: str) -> Iterator[None]:
    """Meanwhile no call of the action is answered, however often it is made."""
    with answering(it, action, 503, "ServiceUnavailable"):
        yield


@contextmanager
def refused(it: Bench, action: str) -> Iterator[None]:
    """Meanwhile every call of the action is refused, by a code that nobody knows."""
    with answering(it, action, 400, "Odd.Refusal"):
        yield


@contextmanager
def answering(it: Bench, action: str, status: int, code: str) -> Iterator[None]:
    before = it.count(action, code=code)
    it.cloud.faults.add(Fault(action, status, code, times=99))
    yield
    assert it.count(action, code=code) > before
    it.cloud.faults.clear()


def test_a_question_that_gets_no_answer_or_an_odd_refusal_is_an_error(
    case: Case, it: Bench, slot: CloudResource
) -> None:
    """An adapter that has asked before may know: each question is that of a new one."""
    new = it.certificate("new")

    for verb in VERBS:
        for action in asked(it, partial(verb, it.adapter_with(seconds=10), slot, new)):
            with silent(it, action), pytest.raises(CloudUnavailableError):
                verb(it.adapter_with(seconds=10), slot, new)
            with refused(it, action), pytest.raises(CloudRejectedError, match=r"Odd\.Refusal"):
                verb(it.adapter_with(seconds=10), slot, new)


def test_nothing_is_written_before_every_question_is_answered(
    case: Case, it: Bench, slot: CloudResource, server: Server
) -> None:
    asking = [*asked(it, lambda: it.deploy(slot, "new"))]
    it = bench(server, case.product, case.estate, case.region)
    new = it.certificate("new")

    for action in asking[: asking.index(case.writes)]:
        with silent(it, action), pytest.raises(CloudUnavailableError):
            it.adapter.deploy(slot, new)
        with refused(it, action), pytest.raises(CloudRejectedError, match=r"Odd\.Refusal"):
            it.adapter.deploy(slot, new)

    assert it.count(case.writes) == 0
    assert it.carried() == case.carried


def test_a_change_is_settled_when_the_product_says_so_and_not_before(
    case: Case, it: Bench, slot: CloudResource
) -> None:
    """Where it says nothing of it, the handshake tells."""
    clock = it.cloud.clock
    new = it.certificate("new")
    it.cloud.settle_s = 300
    with suppress(NotYetEffectiveError):
        it.adapter_with(seconds=0.03).deploy(slot, new)

    try:
        assert it.adapter.settled(slot, new) != case.settles
        it.cloud.clock = lambda: clock() + timedelta(seconds=301)
        assert it.adapter.settled(slot, new)
    finally:
        it.cloud.clock = clock
