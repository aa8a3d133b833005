"""Somebody else at work on the same account: changes slots by hand, removes them, and certificates."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from emulator.api import ApiError, Call
from shared.domain.resources import CloudResource
from shared.errors import AppError
from shared.products.kit.changes import Change
from shared.products.kit.exchange import exchange
from shared.services.catalogue import KnownCertificates
from tests.chaos.checks import Meddled
from tests.chaos.ground import Ground
from tests.chaos.places import is_at

_MOST_PAUSES = 100
_SERVED_S = 10.0  #: what a product shows at once clients are served a little later


class Meddler:
    """`slots`: of the plan, as they were discovered."""

    def __init__(self, ground: Ground, slots: Sequence[CloudResource], meddled: Meddled) -> None:
        self._ground, self._slots, self._meddled = ground, slots, meddled

    def __call__(self, lots: random.Random) -> str:
        """What was done."""
        what = lots.choices([self._by_hand, self._remove, self._take_away, self._issue], [6, 3, 1, 2])[0]
        with self._ground.cloud.undisturbed():
            return what(lots)

    def _by_hand(self, lots: random.Random) -> str:
        """The certificate that is meant for it, or another one: by the calls that a deployment would make."""
        slot = lots.choice(self._slots)
        world = self._ground.world
        known = [record for name in self._known() if (record := world.certificates.find(name))]
        if not known:
            return "slot left alone"
        certificate = lots.choice(known).certificate
        before, wanted = self._ground.served(), self._ground.prints()[certificate.identifier]
        adapter = world.adapter(slot.product, KnownCertificates(world.certificates, world.policy.stores))
        change, waiter = Change(slot, certificate), world.waiter(spare_s=5)
        with suppress(AppError):  # it may have been written all the same
            for count, pause in enumerate(exchange(adapter, [change], lambda c, look: None, lambda: waiter)):
                world.sleep(pause)
                if count > _MOST_PAUSES:
                    break
        world.sleep(_SERVED_S)
        after, now = self._ground.served(), self._ground.clock()
        changed = [place for place, served in after.items() if served == wanted != before.get(place)]
        at_work = f"deploy_{slot.product.value.lower()}" in self._ground.platform.active
        for place in changed:
            self._meddled.by_hand[place][wanted] = now
            if at_work:  # between its look and its write, perhaps: nobody could know
                self._meddled.raced.add(place)
        return "slot changed by hand" if changed else "slot left alone"

    def _known(self) -> list[str]:
        spare = f"{self._ground.estate.id_of('spare')}-cn-hangzhou"
        return [*self._ground.renewed, spare]

    def _remove(self, lots: random.Random) -> str:
        slot = lots.choice(self._slots)
        places = [place for place in self._ground.served() if is_at(slot, place)]
        if not any(_removed(service, slot) for service in self._ground.cloud.services.values()):
            return "slot left alone"
        self._meddled.removed.update(places)
        return "slot removed"

    def _take_away(self, lots: random.Random) -> str:
        """From CAS, which refuses it for one that is in use."""
        cloud = self._ground.cloud
        if not self._ground.renewed:
            return "certificate left alone"
        number = lots.choice(self._ground.renewed).partition("-")[0]
        cloud.service("cas").choose(protect_used=True)
        try:
            cloud.execute(
                cloud.service("cas"),
                Call("DeleteUserCertificate", {"CertId": int(number)}, "cn-hangzhou", cloud.account),
            )
        except ApiError:
            return "certificate left alone"
        self._meddled.taken_away += 1
        return "certificate removed"

    def _issue(self, lots: random.Random) -> str:
        if len(self._ground.renewed) != 1:
            return "certificate left alone"
        self._ground.renew()
        return "newer certificate"


def _removed(service: Any, slot: CloudResource) -> bool:
    """Whether this service had it; of those whose slots are domains of their own."""
    if slot.product.value.lower() not in (type(service).__module__.split(".")[-1], "ddos"):
        return False
    for name in ("_domains", "_own", "_rules"):
        rows = getattr(service, name, None)
        if isinstance(rows, dict) and rows.pop(slot.domains[0] if slot.domains else "", None):
            return True
        if isinstance(rows, list):
            kept = [row for row in rows if _name_of(row) not in slot.domains]
            if len(kept) < len(rows):
                rows[:] = kept
                return True
    return False


def _name_of(row: Any) -> str:
    return str(getattr(row, "domain", getattr(row, "name", "")))
