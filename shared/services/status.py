"""What matters today, on one screen: what needs a hand, and what is only good to know."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime

from shared.domain.accounts import account_of
from shared.domain.queries import ShowStatus
from shared.domain.resources import SyncStatus
from shared.domain.values import Wire
from shared.services.concerns import EXAMPLES, Concern, alone, counted
from shared.services.concerns_of_discovery import of_discovery, of_never
from shared.services.concerns_of_jobs import of_jobs
from shared.services.endings import Endings
from shared.services.map import MappedSlot, map_slots
from shared.services.policies import policies_of
from shared.services.selection import is_drifted, is_uncovered, is_unknown
from shared.services.undelivered import of_undelivered
from shared.services.world import World

USUAL_AGE: Final = timedelta(days=1)  #: of the last scan and discovery, at most
_LONGEST: Final = 36500.0  #: days; more than any certificate lasts, and no more than dates take


class Overview(Wire):
    at: AwareDatetime
    needs_hand: bool  #: one of the concerns does
    concerns: tuple[Concern, ...]  #: what needs a hand first
    slots: int  #: in scope
    certificates: int
    scanned_at: AwareDatetime | None = None  #: the longest ago of all stores; None: one was never read
    discovered_at: AwareDatetime | None = None  #: the longest ago of all products and regions


def overview(
    world: World,
    *,
    max_age: timedelta = USUAL_AGE,
    within: timedelta | None = None,
    mapped: Iterable[MappedSlot] | None = None,
) -> Overview:
    """`within`: each slot whose certificate ends within it needs a hand; None: by the warning times.

    `mapped`: all slots, where the caller has mapped them already, which is the most of the work.
    """
    now, scope = world.clock(), world.policy.scope
    found_slots = map_slots(world, world.policy.products) if mapped is None else mapped
    slots = [slot for slot in found_slots if not scope.why_outside(slot)]
    syncs = world.syncs.of(world.policy.products)
    scanned, discovered = _scanned_at(world), _discovered_at(syncs)
    found = [
        *_of_certificates(world, slots, within),
        *of_jobs(world),
        *of_discovery(world, syncs),
        *of_never(world, syncs, world.policy.products, world.policy.every_account),
        *_of_accounts(world),
        *_of_levels(world),
        *of_undelivered(world),
        *_of_ages(now, max_age, scanned, discovered),
        *_of_policies(world),
        *_of_dead_letters(world),
    ]
    found.sort(key=lambda one: not one.needs_hand)
    return Overview(
        at=now,
        needs_hand=any(one.needs_hand for one in found),
        concerns=tuple(found),
        slots=len(slots),
        certificates=sum(1 for home in world.policy.homes for _ in world.certificates.list(home)),
        scanned_at=scanned,
        discovered_at=discovered,
    )


def overview_of(world: World, asked: ShowStatus) -> Overview:
    within = asked.ends_within_days
    return overview(
        world,
        max_age=_span(asked.max_age_days),
        within=None if within is None else _span(within),
    )


def _span(days: float) -> timedelta:
    return timedelta(days=min(days, _LONGEST))


def _of_certificates(world: World, slots: list[MappedSlot], within: timedelta | None) -> Iterator[Concern]:
    endings = Endings.of(world, slots, within)
    if endings.expired:
        yield _slots("expired", "with an expired certificate", endings.expired, "--ends-within 0d")
    if endings.left_alone:
        what = "with a certificate that ends soon, which nothing replaces by itself"
        yield _slots("ending", what, endings.left_alone, "--ends-within 30d --sort expires")
    if endings.late:
        what = "with a certificate that ends soon and has not been replaced yet"
        yield _slots("late", what, endings.late, "--ends-within 30d --sort expires")
    if endings.in_time:
        what = "with a certificate that ends soon and will be replaced by itself"
        yield _slots("replaced", what, endings.in_time, "--ends-within 30d", needs_hand=False)
    if drifted := [slot for slot in slots if is_drifted(slot)]:
        yield _slots("drifted", "with another certificate than the last job put there", drifted, "--drifted")
    if bare := [slot for slot in slots if slot.cert_identifier and is_uncovered(slot)]:
        what = "with a name that no deployable certificate of CAS covers"
        yield _slots("uncovered", what, bare, "--uncovered", needs_hand=False)
    if strangers := [slot for slot in slots if is_unknown(slot)]:
        what = "with a certificate that CAS does not know"
        yield _slots("unknown", what, strangers, "--unknown", needs_hand=False)


def _slots(code: str, what: str, slots: list[MappedSlot], options: str, needs_hand: bool = True) -> Concern:
    first = sorted(slots, key=lambda slot: (slot.cert_not_after is None, slot.cert_not_after, slot.slot))
    return Concern(
        code=code,
        needs_hand=needs_hand,
        text=f"{counted(len(slots), 'slot')} {what}",
        count=len(slots),
        examples=tuple(_with_end(slot) for slot in first[:EXAMPLES]),
        look=f"certdeploy resource list {options}",
    )


def _with_end(slot: MappedSlot) -> str:
    return f"{slot.slot} until {slot.cert_not_after:%Y-%m-%d}" if slot.cert_not_after else slot.slot


def _of_accounts(world: World) -> Iterator[Concern]:
    """What of CAS of other accounts could not be read. The own one's scan fails as a whole."""
    others = [home for account in world.policy.accounts for home in world.policy.homes_of(account)]
    found = {home: why for home in others if (why := world.scans.why_unread(home))}
    if found:
        text = (
            f"CAS of {counted(len({account_of(home) for home in found}), 'other account')} could not be read"
        )
        told = tuple(f"{home}: {why.reason}" for home, why in found.items())
        yield Concern(
            code="accounts",
            text=text,
            count=len(told),
            examples=told[:EXAMPLES],
            look="certdeploy account check",
        )


def _of_levels(world: World) -> Iterator[Concern]:
    """It holds nothing up: levels are taken from names."""
    homes = {home: why for home in world.policy.homes if (why := world.scans.why_levels_unread(home))}
    if told := tuple(f"{home}: {why.reason}" for home, why in homes.items()):
        text = "DV, OV or EV of certificates that CAS has sold is not told by CAS"
        found = Concern(code="levels", text=text, count=len(told), examples=told[:EXAMPLES])
        yield found.evolve(needs_hand=False, look="certdeploy scan")


def _of_ages(
    now: datetime, max_age: timedelta, scanned: datetime | None, discovered: datetime | None
) -> Iterator[Concern]:
    """That something was never discovered is told elsewhere."""
    for code, what, at in (("scan", "CAS", scanned), ("discovery", "a product", discovered)):
        if at is not None and at < now - max_age:
            hours = (now - at) / timedelta(hours=1)
            yield alone(code, f"{what} was read {hours:,.0f} hours ago", f"certdeploy {_READ_BY[code]}")
    if scanned is None:
        yield alone("scan", "CAS was never read", "certdeploy scan")


_READ_BY: Final = {"scan": "scan", "discovery": "discover"}


def _of_policies(world: World) -> Iterator[Concern]:
    if why := policies_of(world).unreadable:
        yield alone("policies", f"automatic jobs are stopped: {why}", "certdeploy policy show")


def _of_dead_letters(world: World) -> Iterator[Concern]:
    if letters := list(world.dead_letters.list()):
        told = (f"{one.function}: {one.error_type} {one.error_message}" for one in letters[:EXAMPLES])
        yield Concern(
            code="dead-letters",
            text=f"{counted(len(letters), 'invocation')} failed for good",
            count=len(letters),
            examples=tuple(told),
            look="certdeploy deadletters list",
        )


def _scanned_at(world: World) -> datetime | None:
    homes = [home for home in world.policy.homes if not world.scans.why_unread(home)]
    found = [world.scans.last(home) for home in homes]
    known = [at for at in found if at is not None]
    return min(known) if known and len(known) == len(found) else None


def _discovered_at(syncs: Sequence[SyncStatus]) -> datetime | None:
    """One that goes on counts from when it began."""
    return min((status.finished_at or status.started_at for status in syncs), default=None)
