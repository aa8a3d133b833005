"""Delete certificates that nothing needs any more, uploads of CAS and copies in products' own stores: on
request, after a preview.

What cannot be seen may need one: unless all was read, and nothing is outside the scope, none is deleted.
Copies go first: where one does not, as the product says that something uses it, its certificate stays, too.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.clean_up_requests import CleanUpCertificates
from shared.domain.disused import SHORTEST_GRACE, USUAL_GRACE
from shared.domain.resources import CloudProduct
from shared.errors import AppError, BusyError, ConflictError, InvalidRequestError, NotFoundError
from shared.services.automatic import LEASE
from shared.services.cleaned import Cleaned, CleanedStored, CleanUp, Fate
from shared.services.map import find_certificate
from shared.services.needed import Needed
from shared.services.stored import Stores, with_stores
from shared.services.world import World

CAS: Final = "CAS"
_HELD_S: Final = 900.0  #: the lease, at most
_SPARE_S: Final = 30.0  #: of that, and of the function: no deletion begins later
_BUSY: Final = (
    "nothing was deleted: another clean-up or an automatic plan is at work. Try again in a minute; "
    f"{_HELD_S / 60:.0f} minutes after it began, if it was cut off"
)
_LATE: Final = "there was no time left for it; once more deletes it"


def clean_up_certificates(world: World, request: CleanUpCertificates) -> CleanUp:
    """Raises InvalidRequestError, NotFoundError, BusyError: as those below."""
    grace, approved = check_grace(timedelta(days=request.grace_days)), request.delete
    if approved is not None:
        return clean_up(world, approved.certificates, grace, approved.stored)
    return plan_clean_up(world, request.cert_ids, grace, _places(world, request.only))


def plan_clean_up(
    world: World,
    wanted: Sequence[str] = (),
    grace: timedelta = USUAL_GRACE,
    places: Collection[str] | None = None,
) -> CleanUp:
    """`wanted`: ids or identifiers; none: all. `grace`: how long a way back is kept. `places`: where to look,
    CAS and products with a store; None: everywhere.

    Raises:
        NotFoundError: of a certificate that is not known.
    """
    asked = {find_certificate(world, text).identifier for text in wanted}
    looked_at = all_places(world) if places is None else places
    needed = Needed(world, grace)
    stores = Stores(world, needed, [CloudProduct(one) for one in looked_at if one != CAS])
    found = [
        _planned(needed, one)
        for one in (needed.known if CAS in looked_at else ())
        if not asked or one.identifier in asked
    ]
    found.sort(key=lambda one: (one.fate is Fate.KEEP, one.not_after, one.cert_identifier))
    return _plan(needed, stores, found, stores.planned(identifiers=asked))


def clean_up(
    world: World, approved: Sequence[str], grace: timedelta = USUAL_GRACE, stored: Collection[str] = ()
) -> CleanUp:
    """Delete those that are approved and that nothing needs now either. No automatic plan is made meanwhile.

    `approved`: identifiers in CAS; `stored`: places in products' stores.

    Raises:
        BusyError: a plan is being made, or another clean-up is at work.
    """
    held_s = min(world.left_s(), _HELD_S)
    with _alone(world, held_s):
        spent = world.steady()
        if not (approved or stored):
            return CleanUp()
        needed = Needed(world, grace)
        found = [_planned(needed, one) for one in needed.known if one.identifier in approved]
        stores = Stores(world, needed, _products_of(world, stored))
        plan = _plan(needed, stores, found, stores.planned(stored) if stored else [])

        def late() -> bool:
            return spent() > held_s - _SPARE_S

        dropped = [_dropped(stores, one, late()) for one in plan.stored]
        left = {
            name: one
            for one in dropped
            if one.fate in (Fate.KEPT, Fate.FAILED)
            for name in needed.names_of(one.stored.cert_identifier)
        }
        deleted = [_deleted(world, one, left.get(one.cert_identifier), late()) for one in plan.certificates]
        return plan.evolve(certificates=tuple(deleted), stored=tuple(dropped))


@contextmanager
def _alone(world: World, held_s: float) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(world.leases.hold(LEASE, world.holder, held_s))
        except ConflictError:
            raise BusyError(_BUSY) from None
        yield


def all_places(world: World) -> tuple[str, ...]:
    """Where certificates are looked at: CAS, and the products of the scope that have a store."""
    return (CAS, *(product.value for product in with_stores(world.policy.products)))


def check_grace(grace: timedelta) -> timedelta:
    """Raises InvalidRequestError: a way back of less than a day."""
    if grace < SHORTEST_GRACE:
        raise InvalidRequestError("grace: at least a day: jobs are rolled back to what was there before")
    return grace


def _places(world: World, asked: Collection[str]) -> tuple[str, ...]:
    """Raises InvalidRequestError: one of them has no certificates that could be deleted."""
    known = {one.casefold(): one for one in all_places(world)}
    if unknown := [one for one in asked if one.casefold() not in known]:
        raise InvalidRequestError(f"Only: {unknown[0]} is none of {', '.join(known.values())}")
    return tuple(dict.fromkeys(known[one.casefold()] for one in asked)) or tuple(known.values())


def _products_of(world: World, places: Collection[str]) -> list[CloudProduct]:
    """Raises InvalidRequestError: one is in no store that there is."""
    known = {product.value: product for product in with_stores(world.policy.products)}
    named = dict.fromkeys(place.partition("/")[0] for place in places)
    if unknown := [name for name in named if name not in known]:
        raise InvalidRequestError(f"Stored: {unknown[0]} is no product with a store in the scope")
    return [known[name] for name in named]


def _plan(
    needed: Needed, stores: Stores, certificates: Sequence[Cleaned], stored: Sequence[CleanedStored]
) -> CleanUp:
    on_top = sorted(stored, key=lambda one: (one.fate is Fate.KEEP, one.stored.place))
    return CleanUp(
        unsure=needed.unsure,
        unread=tuple(stores.unread),
        certificates=tuple(certificates),
        stored=tuple(on_top),
    )


def _planned(needed: Needed, certificate: Certificate) -> Cleaned:
    """Slots that no discovery knows, such as a web server's, are met where its names lead."""
    why = needed.why_kept(certificate) or next(iter(needed.unsure), "")
    if why:
        return _cleaned(certificate, Fate.KEEP, why)
    name, silent = needed.served(certificate)
    if name:
        return _cleaned(certificate, Fate.KEEP, f"clients of {name} are served it")
    unasked = f"; {', '.join(silent)} could not be asked what they serve" if silent else ""
    return _cleaned(certificate, Fate.DELETE, f"nothing serves it or needs it{unasked}")


def _dropped(stores: Stores, one: CleanedStored, late: bool) -> CleanedStored:
    if one.fate is not Fate.DELETE:
        return one
    return one.evolve(fate=Fate.FAILED, reason=_LATE) if late else stores.dropped(one)


def _deleted(world: World, one: Cleaned, left: CleanedStored | None, late: bool) -> Cleaned:
    """`left`: a copy of it that was to go and has not."""
    if one.fate is not Fate.DELETE:
        return one
    if left is not None:
        return one.evolve(fate=Fate.KEPT, reason=f"its copy {left.stored.place} is still there")
    if late:
        return one.evolve(fate=Fate.FAILED, reason=_LATE)
    record = world.certificates.find(one.cert_identifier)
    if record is None:
        return one.evolve(fate=Fate.DELETED)
    try:
        with suppress(NotFoundError):  # somebody did, or the answer to our own was lost
            world.cas(record.certificate.home).delete(record.certificate.cert_id)
    except AppError as error:
        return one.evolve(fate=Fate.FAILED, reason=str(error))
    with suppress(ConflictError):  # the next scan finds it gone
        world.certificates.delete(record)
    return one.evolve(fate=Fate.DELETED)


def _cleaned(certificate: Certificate, fate: Fate, reason: str) -> Cleaned:
    return Cleaned(
        cert_identifier=certificate.identifier,
        name=certificate.name,
        names=certificate.names,
        not_after=certificate.not_after,
        fate=fate,
        reason=reason,
    )
