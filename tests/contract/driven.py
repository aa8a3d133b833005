"""An adapter driven by hand: the loop over one slot at a time, in this thread, without jobs or state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.errors import AppError, CloudRejectedError, CloudUnavailableError, PlanChangedError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.exchange import End, Outcome, exchange
from shared.products.kit.found import Found, Unread
from shared.products.kit.waiting import Waiter


def is_total_off(one: Unread) -> bool:
    """A list promised more than it showed: the emulated cloud may word its answers so."""
    return isinstance(one.error, CloudUnavailableError) and one.error.cloud_code == "ListChanged"


class Driven:
    """What else is asked of it goes to the adapter."""

    def __init__(self, adapter: ProductAdapter, seconds: float) -> None:
        """`seconds`: how long a change is waited for."""
        self.adapter, self._seconds = adapter, seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self.adapter, name)

    def discover(self, region: str) -> Iterator[CloudResource]:
        """The slots. Raises why a part cannot be read: see `found` for what is there all the same.

        A list that promises more than it shows is no such part: its total may be off.
        """
        for one in self.found(region):
            if not isinstance(one, Unread):
                yield one
            elif not is_total_off(one):
                raise one.error

    def found(self, region: str) -> Iterator[Found]:
        return self.adapter.discover(region)

    def read(self, resource: CloudResource) -> CloudResource | None:
        """The slot as it is now; None if it is gone, or has another name by now."""
        look = self.seen(resource, None)
        return look.slot if look else None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """The slot in the place of `resource`, if it carries `certificate` by now."""
        look = self.seen(resource, certificate)
        return look.slot if look and look.carries is Carries.WANTED else None

    def settled(self, resource: CloudResource, wanted: Certificate | None = None) -> bool:
        """Whether a change that was written is through."""
        look = self._told(Change(resource, wanted, begun=True))
        return look is None or look.settled

    def deploy(self, resource: CloudResource, certificate: Certificate) -> Outcome:
        """Exchange it, and see that through. Raises what a worker would end with."""
        return self.driven(Change(resource, certificate))

    def restore(self, resource: CloudResource, previous: Certificate | None) -> Outcome:
        """As a rollback would. `resource` carries what the job put there."""
        return self.driven(Change(resource, previous))

    def driven(self, *changes: Change) -> Outcome:
        outcomes = self.outcomes(*changes)
        for outcome in outcomes:
            if outcome.end is not End.DONE:
                raise _why(outcome)
        return outcomes[0]

    def outcomes(self, *changes: Change) -> list[Outcome]:
        """Of slots of one writer."""
        going = exchange(self.adapter, changes, lambda change, look: None, self._patience())
        while True:
            try:
                time.sleep(next(going))
            except StopIteration as done:
                return list(done.value)

    def started(self, resource: CloudResource, certificate: Certificate) -> Iterator[float]:
        """`deploy` up to its first pause: the product has accepted the first call, if it was ready."""
        changes = [Change(resource, certificate)]
        going = exchange(self.adapter, changes, lambda change, look: None, self._patience())
        next(going)
        return going

    def seen(self, resource: CloudResource, wanted: Certificate | None) -> Look | None:
        return self._told(Change(resource, wanted))

    def _told(self, change: Change) -> Look | None:
        (look,) = self.adapter.look([change])
        if look and look.failed:
            raise look.failed
        return look

    def _patience(self) -> Callable[[], Waiter]:
        """From now on: what was done before may have taken its time."""
        end = time.monotonic() + self._seconds
        return lambda: Waiter(left_s=lambda: end - time.monotonic(), first_pause_s=0.02, longest_pause_s=0.05)


def _why(outcome: Outcome) -> AppError:
    if outcome.error is not None:
        return outcome.error
    slot = outcome.change.resource.slot
    if outcome.end is End.GONE:
        return CloudRejectedError("look", "NotFound", f"{slot} is gone")
    return PlanChangedError(f"{slot} carries something else")
