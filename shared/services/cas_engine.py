"""The engine `cas`: CAS's own deployment job writes; this system looks, remembers, compares and proves.

It stands before a product's adapter, which goes on to look at the slots: what CAS calls a success is none
before the slot shows the certificate and a client is served it. What is taken back, after a write that cost
settings or by a rollback, is written by the product's own API.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from threading import Lock

from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudError, CloudRejectedError
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Carries, Change, Look
from shared.services.cas_shard import CasShard
from shared.services.cas_standing import FOLLOWING, Stage, Standing


class CasEngine:
    """A `Changer` for the slots of one shard."""

    def __init__(self, adapter: Changer, shard: CasShard) -> None:
        self._adapter, self._shard = adapter, shard
        self._lock = Lock()
        self._last: dict[str, Look] = {}  #: by slot: while CAS is at work, the product is not asked again

    @property
    def product(self) -> CloudProduct:
        return self._adapter.product

    def looks_at_once(self, resource: CloudResource) -> bool:
        return self._adapter.looks_at_once(resource)

    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        """As the product shows it, and not settled as long as CAS is at it; failed where CAS says so."""
        standings = [self._standing(change) for change in changes]
        waiting = [one is not None and one.stage is Stage.UNDER_WAY for one in standings]
        if all(waiting):
            with self._lock:
                last = [self._last.get(change.resource.slot) for change in changes]
            if all(last):
                return [
                    _in_hand(look, one.told)
                    for look, one in zip(last, standings, strict=True)
                    if look and one
                ]
        looks = self._adapter.look(changes)
        with self._lock:
            self._last |= {
                change.resource.slot: look for change, look in zip(changes, looks, strict=True) if look
            }
        return [_as_told(*told) for told in zip(changes, looks, standings, strict=True)]

    def beside(self, look: Look) -> Sequence[CloudResource]:
        return self._adapter.beside(look)

    def together(self, steps: Sequence[tuple[Change, Look]]) -> Sequence[tuple[Change, Look]]:
        """All of them: they are put into one job, which takes any number."""
        directly = [step for step in steps if _is_taken_back(step[0])]
        return self._adapter.together(directly) if directly else steps

    def advance(self, steps: Sequence[tuple[Change, Look]]) -> None:
        """Have CAS put the certificates there. Returns before it has begun: a look tells what came of it.

        Raises:
            CloudRejectedError: among others, CAS does not know a slot, or a certificate does not cover it.
        """
        if any(_is_taken_back(change) for change, _ in steps):
            self._adapter.advance(steps)
            return
        for change, _ in steps:
            assert change.wanted is not None, "else it would be taken back"
            if missing := [name for name in change.resource.domains if not change.wanted.covers(name)]:
                raise CloudRejectedError("deploy", "CertificateMismatch", ", ".join(missing))
            self._shard.enlist(change.resource, change.wanted)

    def take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._adapter.take_back(change, look, lost)

    def attach_unseen(self, change: Change) -> str:
        return self._adapter.attach_unseen(change)

    def left_behind(self, change: Change, look: Look | None) -> str:
        return self._adapter.left_behind(change, look)

    def _standing(self, change: Change) -> Standing | None:
        """None for what is not CAS's to do."""
        if _is_taken_back(change) or change.lost or change.wanted is None:
            return None
        return self._shard.standing(change.resource, change.wanted, begun=change.begun)


def _is_taken_back(change: Change) -> bool:
    return change.undoes is not None or change.wanted is None


def _as_told(change: Change, look: Look | None, standing: Standing | None) -> Look | None:
    if look is None or standing is None:
        return look
    look = replace(look, leaves=None)  # CAS's own steps leave nothing half made that we would go on with
    if standing.stage is Stage.UNDER_WAY:
        return _in_hand(look, standing.told)
    if standing.error is not None:
        return replace(look, failed=_with_what_is_there(change, look, standing.error))
    return look


def _in_hand(look: Look, told: str) -> Look:
    """CAS is at it: that is why the slot does not show it yet, if it takes too long."""
    return replace(look, settled=False, slot=look.slot.evolve(obstacle=told or look.slot.obstacle))


def _with_what_is_there(change: Change, look: Look, error: CloudError) -> CloudError:
    """Of what a job there has come to, the vendor tells no reason: what the slot shows may."""
    if error.action != FOLLOWING:
        return error
    slot = look.slot
    shows = {
        Carries.WANTED: f"carries {slot.cert_identifier}, the new one, all the same",
        Carries.EXPECTED: f"carries {slot.cert_identifier or 'no certificate'}, as before",
    }.get(look.carries, f"carries {slot.cert_identifier or 'no certificate'} by now")
    why = f"; {slot.obstacle}" if slot.obstacle else ""
    return CloudRejectedError(
        error.action,
        error.cloud_code,
        f"{error.message}; {change.resource.slot} {shows}{why}",
        error.request_id,
    )
