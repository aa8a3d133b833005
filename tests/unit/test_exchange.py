"""Exchanging a certificate: what follows from a look, and from a call that is refused or gets no answer."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

import pytest

from shared.cloud.faults import NotSentError
from shared.domain.jobs import HalfMade
from shared.errors import (
    CloudBusyError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    ConflictError,
    NotYetEffectiveError,
)
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.exchange import End, exchange
from shared.products.kit.waiting import Waiter
from tests.unit.forgetful import BEFORE, CHANGE, LOST, NEW, SLOT, Product


def test_a_certificate_is_exchanged_by_a_look_a_write_and_a_look() -> None:
    it = Product()

    assert it.exchanged().end is End.DONE
    assert (it.state.writes, it.state.polls) == (1, 1)
    assert [(one.begun, one.before) for one in it.remembered] == [(True, BEFORE)]


def test_a_lost_answer_that_lost_nothing_else_needs_no_second_write() -> None:
    it = Product(answer=LOST)

    assert it.exchanged().end is End.DONE
    assert it.state.writes == 1


def test_a_write_that_was_never_made_is_known_after_a_few_looks() -> None:
    it = Product(answer=LOST, unmade=True)

    outcome = it.exchanged()

    assert (outcome.end, outcome.error) == (End.FAILED, LOST)
    assert (it.state.writes, it.state.polls, it.state.restored) == (1, 3, [])


@pytest.mark.parametrize("kind", [CloudDeniedError, NotSentError, CloudBusyError])
def test_what_the_product_refused_or_never_saw_is_not_looked_at(kind: type[CloudError]) -> None:
    it = Product(answer=kind("Write", "Code", "no"), unmade=True)

    outcome = it.exchanged()

    assert (outcome.end, outcome.error) == (End.FAILED, it.state.answer)
    assert it.state.polls == 0


def test_a_look_that_fails_is_made_again_before_anything_is_said() -> None:
    it = Product(deaf=3)

    assert it.exchanged().end is End.DONE
    assert it.state.polls == 4


def test_a_first_look_that_fails_writes_nothing() -> None:
    it = Product(deaf=1)
    it.state.writes = 1  # by somebody else

    assert it.told() == "Read: ServiceUnavailable: again (RequestId -)"
    assert it.state.writes == 1


class Detaching(Product):
    """It took the slot off before it wrote."""

    def attach_unseen(self, change: Change) -> str:
        self.state.restored.append(set())
        return "it is as before"


@pytest.mark.parametrize(("deaf", "tries", "restored"), [(2, 20, 0), (3, 20, 1), (9, 1, 1)])
def test_a_slot_that_may_be_off_and_is_not_seen_for_three_looks_or_in_time_is_put_back_unseen(
    deaf: int, tries: int, restored: int
) -> None:
    it = Detaching(deaf=deaf)

    outcome = it.exchanged(tries, replace(CHANGE, half_made=(HalfMade.DETACHED,)))

    assert len(it.state.restored) == restored
    assert (outcome.end is End.DONE) is (restored == 0)
    if outcome.error is not None:
        assert outcome.error.retryable, "the trouble may pass"
        assert "again (RequestId -); it is as before" in str(outcome.error)


@pytest.mark.parametrize("looks", [0, 100])
def test_a_change_that_is_not_through_or_not_shown_in_time_is_not_yet_effective(looks: int) -> None:
    it = Product(looks=looks, unsettled=100 - looks)

    outcome = it.exchanged(4)

    assert isinstance(outcome.error, NotYetEffectiveError)
    assert f"{SLOT.slot} does not show {NEW.identifier} yet" in str(outcome.error)
    assert it.state.writes == 1


def test_what_may_not_be_remembered_is_not_written() -> None:
    """Another function has the worker by now."""
    it = Product()

    def refused(change: Change, look: Look) -> None:
        raise ConflictError("worker", 1)

    going = exchange(it, [CHANGE], refused, lambda: Waiter(left_s=lambda: 1.0))
    with pytest.raises(StopIteration) as done:
        next(going)

    (outcome,) = done.value.value
    assert (outcome.end, type(outcome.error), it.state.writes) == (End.FAILED, ConflictError, 0)


OFF = {**BEFORE, "Gzip": "off"}
BEGUN = Change(SLOT, NEW, begun=True, before=BEFORE)
FAILED = CloudRejectedError("Write", "Failed", "by the product")


def look(carries: Carries, *, settings: Any = BEFORE, **more: Any) -> Look:
    return Look(carries, SLOT, settings=settings, **more)


#: What was begun, what is seen, and what follows from both: an end, a call, or nothing yet.
FACTS = [
    (CHANGE, None, "gone"),
    (CHANGE, look(Carries.EXPECTED), "write"),
    (CHANGE, look(Carries.EXPECTED, settled=False), "wait"),
    (CHANGE, look(Carries.EXPECTED, failed=FAILED), "failed"),
    (CHANGE, look(Carries.WANTED), "done"),
    (CHANGE, look(Carries.WANTED, settled=False), "wait"),
    (CHANGE, look(Carries.OTHER), "changed"),
    (CHANGE, look(Carries.OTHER, settled=False), "wait"),
    (BEGUN, None, "gone"),
    (BEGUN, look(Carries.EXPECTED), "write"),
    (BEGUN, look(Carries.EXPECTED, settings=OFF), "write"),
    (BEGUN, look(Carries.BETWEEN), "write"),
    (BEGUN, look(Carries.BETWEEN, settings=None), "write"),
    (BEGUN, look(Carries.BETWEEN, settings=OFF), "take back"),
    (BEGUN, look(Carries.WANTED), "done"),
    (BEGUN, look(Carries.WANTED, settings=None), "done"),
    (BEGUN, look(Carries.WANTED, settings=OFF), "take back"),
    (BEGUN, look(Carries.WANTED, settings=OFF, settled=False), "wait"),
    (BEGUN, look(Carries.WANTED, settings=OFF, failed=FAILED), "failed"),
    (BEGUN, look(Carries.OTHER, settings=OFF), "changed"),
    (replace(BEGUN, before=None), look(Carries.WANTED, settings=OFF), "done"),
    (replace(BEGUN, lost=("Gzip",)), look(Carries.WANTED), "take back"),
    (replace(BEGUN, lost=("Gzip",)), look(Carries.EXPECTED), "failed"),
    (replace(BEGUN, lost=("Gzip",)), look(Carries.EXPECTED, settings=OFF), "wait"),
]


class Shown(Product):
    """Shows the same at every look, and notes what is called."""

    def __init__(self, shown: Look | None) -> None:
        super().__init__()
        self.shown, self.called = shown, [""][:0]

    def look(self, changes: Any) -> list[Look | None]:
        return [self.shown]

    def _write(self, change: Change, look: Look) -> None:
        self.called.append("write")

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        self.called.append("take back")


@pytest.mark.parametrize(("change", "shown", "follows"), FACTS)
def test_the_next_step_follows_from_what_was_begun_and_what_is_seen(
    change: Change, shown: Look | None, follows: str
) -> None:
    it = Shown(shown)
    going = exchange(it, [change], lambda change, look: None, lambda: Waiter(left_s=lambda: 9.0))

    try:
        next(going)
    except StopIteration as done:
        (outcome,) = done.value
        it.called.append(outcome.end.value)

    assert (it.called or ["wait"]) == [follows]
