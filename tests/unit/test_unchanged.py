"""Writes that may touch more than the certificate, at a product that is slow, deaf, or gone."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.cloud.faults import NotSentError
from shared.errors import (
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudUnavailableError,
    NotYetEffectiveError,
)
from shared.products.kit.unchanged import Unchanged
from shared.products.kit.waiting import Waiter

LOST = CloudUnavailableError("Write", "ConnectionLost", "no answer")


@dataclass
class Product:
    """Serves `now`. What is written, `then`, takes its place after `looks` reads more."""

    now: dict[str, Any] = field(default_factory=lambda: {"Cert": "old", "Gzip": "on", "Tls": {"Min": 1}})
    then: dict[str, Any] = field(default_factory=dict)
    looks: int = 0
    deaf: int = 0  #: reads that get no answer
    closed: bool = False  #: denies every read once something is written
    unsettled: int = 0  #: how often it is asked in vain whether it has finished
    broken: bool = False  #: takes nothing back
    restored: list[Set[str]] = field(default_factory=list)
    polls: int = 0

    def write(self, *, answered: bool = True, **settings: Any) -> None:
        self.then = {**self.now, "Cert": "new", **settings}
        if not answered:
            raise LOST

    def read(self) -> dict[str, Any]:
        self.polls += 1
        if self.then and self.closed:
            raise CloudDeniedError("Read", "Forbidden", "no longer")
        if self.then and self.deaf:
            self.deaf -= 1
            raise CloudUnavailableError("Read", "ServiceUnavailable", "again")
        if self.then and not self.looks:
            self.now, self.then = self.then, {}
        self.looks -= bool(self.then)
        return dict(self.now)

    def put_back(self, lost: Set[str]) -> None:
        self.restored.append(lost)
        if self.broken:
            raise LOST
        self.now |= {"Cert": "old", "Gzip": "on"}

    def settled(self) -> bool:
        self.unsettled -= bool(self.unsettled)
        return not self.unsettled

    def exchange(self, tries: int = 50) -> Unchanged:
        """As an adapter would: the clock allows so many looks."""
        left = iter(range(tries, -1, -1))
        waiter = Waiter(left_s=lambda: float(next(left)), sleep=lambda s: None)
        return Unchanged(
            "Write",
            "slot",
            waiter,
            dict(self.now),
            read=self.read,
            put_back=self.put_back,
            shown=lambda now: bool(now["Cert"] == "new"),
            settled=self.settled,
            ignore=("Cert",),
        )


def test_what_a_lost_answer_did_is_compared_also_when_it_shows_only_later() -> None:
    it = Product(looks=3)

    with pytest.raises(CloudRejectedError, match="SettingsLost"), it.exchange():
        it.write(answered=False, Gzip="off")

    assert it.restored == [{"Gzip"}]


def test_a_write_that_was_never_made_is_known_after_a_few_looks() -> None:
    it = Product()

    with pytest.raises(CloudUnavailableError, match="ConnectionLost"), it.exchange():
        raise LOST

    assert (it.polls, it.restored) == (5, [])


def test_a_lost_answer_that_lost_nothing_else_is_still_a_lost_answer() -> None:
    it = Product()

    with pytest.raises(CloudUnavailableError, match="ConnectionLost"), it.exchange():
        it.write(answered=False)

    assert it.now["Cert"] == "new"


@pytest.mark.parametrize("kind", [CloudDeniedError, NotSentError])
def test_what_the_product_refused_or_never_saw_is_not_looked_at(kind: type[CloudError]) -> None:
    it = Product()

    with pytest.raises(kind), it.exchange():
        raise kind("Write", "Forbidden", "no")

    assert it.polls == 0


def test_a_read_that_fails_is_made_again_before_anything_is_said() -> None:
    it = Product(deaf=3)

    with it.exchange():
        it.write()

    assert it.now["Cert"] == "new"


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ({"deaf": 100}, "Read: ServiceUnavailable: again"),
        ({"closed": True}, "Read: Forbidden: no longer"),
        ({"closed": True, "unsettled": 100}, "Read: Forbidden: no longer"),
        ({"deaf": 100, "unsettled": 100}, "Read: ServiceUnavailable: again"),
    ],
)
def test_settings_that_cannot_be_read_are_no_success_and_not_tried_again(
    trouble: dict[str, Any], why: str, answered: bool
) -> None:
    """Not even where the answer was lost: the next try would find the certificate, and call it success."""
    it = Product(**trouble)

    with pytest.raises(CloudRejectedError) as told, it.exchange(3):
        it.write(answered=answered)

    assert not told.value.retryable
    assert str(told.value).startswith(
        "Write: SettingsUnknown: slot: the certificate may be in place,"
        f" other settings could not be read: {why} (RequestId -)"
    )


@pytest.mark.parametrize("answered", [True, False])
def test_a_setting_lost_by_a_product_that_never_settles_is_told(answered: bool) -> None:
    """The time is over before it says that it has finished: what it shows by then counts."""
    it = Product(unsettled=100)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: slot: Gzip: 'on' → 'off'"), it.exchange(3):
        it.write(answered=answered, Gzip="off")

    assert it.restored == [{"Gzip"}]


def test_what_was_read_is_compared_only_when_the_product_has_finished() -> None:
    it = Product(unsettled=3)

    with it.exchange():
        it.write()

    assert (it.polls, it.now["Cert"]) == (1, "new")


def test_a_change_that_is_not_shown_in_time_is_not_yet_effective() -> None:
    it = Product(looks=100)

    with pytest.raises(NotYetEffectiveError, match="does not show"), it.exchange(4):
        it.write()


def test_what_was_lost_comes_back_and_is_told_all_the_same() -> None:
    it = Product()

    with pytest.raises(CloudRejectedError) as told, it.exchange():
        it.write(Gzip="off")

    assert str(told.value) == (
        "Write: SettingsLost: slot: Gzip: 'on' → 'off';"
        " the certificate before was put back, and so were they (RequestId -)"
    )
    assert it.now == {"Cert": "old", "Gzip": "on", "Tls": {"Min": 1}}


def test_what_cannot_be_put_back_is_told_to_be_set_by_hand() -> None:
    it = Product()

    with pytest.raises(CloudRejectedError) as told, it.exchange():
        it.write(Gzip="off", Tls={"Min": 0}, Added=True)

    assert str(told.value) == (
        "Write: SettingsLost: slot: Added: None → True; Gzip: 'on' → 'off'; Tls.Min: 1 → 0;"
        " the certificate before was put back; set again by hand: Added, Tls.Min (RequestId -)"
    )
    assert it.restored == [{"Added", "Gzip", "Tls"}]
    assert it.now == {"Cert": "old", "Gzip": "on", "Tls": {"Min": 0}, "Added": True}
    assert it.polls == 1 + 5, "what may never come is looked for a few times"


def test_what_could_not_be_put_back_is_told_and_not_tried_again() -> None:
    it = Product(broken=True)

    with pytest.raises(CloudRejectedError, match=r"'off'; not everything .* ConnectionLost"), it.exchange():
        it.write(Gzip="off")
