"""Settings that a change of the certificate cost: told, and taken back, in whatever state the product is."""

from __future__ import annotations

from collections.abc import Set

import pytest

from shared.errors import AppError
from shared.products.kit.changes import Change, Look
from shared.products.kit.exchange import End
from tests.unit.forgetful import BEFORE, LOST, NEW, OLD, SLOT, Product


def test_what_a_lost_answer_did_is_compared_also_when_it_shows_only_later() -> None:
    it = Product(looks=2, answer=LOST, costs={"Gzip": "off"})

    assert "SettingsLost" in it.told()
    assert it.state.restored == [{"Gzip"}]


@pytest.mark.parametrize("answer", [None, LOST])
@pytest.mark.parametrize("unsettled", [0, 100])
def test_settings_that_may_not_be_read_after_the_write_are_told_and_not_tried_again(
    unsettled: int, answer: AppError | None
) -> None:
    it = Product(closed=True, unsettled=unsettled, answer=answer)

    outcome = it.exchanged()

    assert outcome.error is not None
    assert not outcome.error.retryable
    assert str(outcome.error) == (
        f"deploy: SettingsUnknown: {SLOT.slot}: the certificate may be in place, other settings could"
        " not be read: Read: Forbidden: no longer (RequestId -) (RequestId -)"
    )


def test_settings_that_get_no_answer_are_compared_by_a_later_attempt() -> None:
    it = Product(deaf=100, costs={"Gzip": "off"})

    outcome = it.exchanged(3)
    assert outcome.error is not None
    assert outcome.error.retryable
    assert outcome.end is End.FAILED

    it.state.deaf = 0
    assert f"SettingsLost: {SLOT.slot}: Gzip: 'on' → 'off'" in it.told(change=it.remembered[-1])
    assert it.state.restored == [{"Gzip"}]


@pytest.mark.parametrize("answer", [None, LOST])
def test_a_setting_lost_by_a_product_that_never_settles_is_told(answer: AppError | None) -> None:
    """The time is over before it says that it has finished: what it shows by then counts."""
    it = Product(unsettled=100, costs={"Gzip": "off"}, answer=answer)

    assert it.told(3) == (
        f"deploy: SettingsLost: {SLOT.slot}: Gzip: 'on' → 'off';"
        " the certificate before was put back, and so were they (RequestId -)"
    )
    assert it.state.restored == [{"Gzip"}]


def test_what_a_product_that_never_settles_does_not_take_back_is_told_too() -> None:
    it = Product(unsettled=100, costs={"Gzip": "off"}, broken=True)

    assert "not everything could be put back: Write: ConnectionLost" in it.told(3)


def test_what_was_read_is_compared_only_when_the_product_has_finished() -> None:
    it = Product(unsettled=3, costs={"Gzip": "off"})
    seen: list[bool] = []
    take_back = it._take_back

    def taken_back(change: Change, look: Look, lost: Set[str]) -> None:
        seen.append(look.settled)
        take_back(change, look, lost)

    it._take_back = taken_back  # type: ignore[method-assign]

    assert "SettingsLost" in it.told()
    assert seen == [True]


def test_what_was_lost_comes_back_and_is_told_all_the_same() -> None:
    it = Product(costs={"Gzip": "off"})

    assert it.told() == (
        f"deploy: SettingsLost: {SLOT.slot}: Gzip: 'on' → 'off';"
        " the certificate before was put back, and so were they (RequestId -)"
    )
    assert (it.state.carries, it.state.now) == (OLD.identifier, BEFORE)


def test_what_cannot_be_put_back_is_told_to_be_set_by_hand() -> None:
    it = Product(costs={"Gzip": "off", "Tls": {"Min": 0}, "Added": True})

    assert it.told() == (
        f"deploy: SettingsLost: {SLOT.slot}: Added: None → True; Gzip: 'on' → 'off'; Tls.Min: 1 → 0;"
        " the certificate before was put back; set again by hand: Added, Tls.Min (RequestId -)"
    )
    assert it.state.restored == [{"Added", "Gzip", "Tls"}]
    assert it.state.carries == OLD.identifier
    assert it.state.polls == 1 + 5, "what may never come is looked for a few times"


def test_what_is_not_shown_after_it_was_put_back_is_not_told_to_be_there() -> None:
    it = Product(costs={"Gzip": "off"}, silent=True)

    assert it.told(3) == (
        f"deploy: SettingsLost: {SLOT.slot}: Gzip: 'on' → 'off';"
        " the certificate before was put back; whether the settings are back is not shown yet (RequestId -)"
    )


def test_what_could_not_be_put_back_is_told_and_not_tried_again() -> None:
    it = Product(broken=True, costs={"Gzip": "off"})

    outcome = it.exchanged()

    assert outcome.error is not None
    assert not outcome.error.retryable
    assert "'off'; not everything could be put back: Write: ConnectionLost" in str(outcome.error)


def test_a_certificate_before_that_cas_does_not_have_cannot_be_put_back() -> None:
    it = Product(costs={"Gzip": "off"}, carries="sha256:0")

    told = it.told(change=Change(SLOT.evolve(cert_identifier="sha256:0"), NEW))

    assert "CAS does not have the certificate before, so the new one stays" in told
    assert (it.state.carries, it.state.restored) == (NEW.identifier, [])


def test_what_is_lost_is_remembered_and_taken_back_by_a_later_attempt() -> None:
    """The first one ends between remembering and taking back."""
    it = Product(costs={"Gzip": "off"})
    take_back = it._take_back

    def cut(change: Change, look: Look, lost: Set[str]) -> None:
        it._take_back = take_back  # type: ignore[method-assign]
        raise KeyboardInterrupt

    it._take_back = cut  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        it.exchanged()
    change = it.remembered[-1]
    assert change.lost == ("Gzip: 'on' → 'off'",)

    assert "and so were they" in it.told(change=change)
    assert (it.state.carries, it.state.now, it.state.writes) == (OLD.identifier, BEFORE, 1)


def test_what_was_taken_back_by_an_earlier_attempt_is_told_and_not_taken_back_again() -> None:
    it = Product()
    change = Change(SLOT, NEW, begun=True, before=BEFORE, lost=("Gzip: 'on' → 'off'",))

    assert "Gzip: 'on' → 'off'; the certificate before was put back, and so were they" in it.told(
        change=change
    )
    assert (it.state.writes, it.state.restored) == (0, [])
