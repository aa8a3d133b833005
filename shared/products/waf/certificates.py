"""The certificates of a port that WAF protects: one default, and extensions for other names.

`ModifyCloudResourceCert` takes the whole list, and takes off what is not in it. So the list that a look has
shown is sent again, with the certificates of the slots in the plan exchanged, and no others. Whether it takes
a certificate twice is not documented: an extension that is to get the default's own gives way to it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.cloud.reading import Fields
from shared.domain.resources import CloudResource, SlotRole
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Step
from shared.products.kit.bound import Bound, placed, under_way
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying

_EXTENSION: Final = "extension"
_ROLES: Final = {"default": SlotRole.DEFAULT, _EXTENSION: SlotRole.ADDITIONAL}


@dataclass(frozen=True)
class Held:
    """A certificate of a port, with its id as WAF writes it."""

    applied: str
    cert_id: str
    identifier: str

    @property
    def bound(self) -> Bound:
        return Bound(self.identifier, _ROLES[self.applied] is SlotRole.DEFAULT, coming=False)


def held_by(port: Fields, catalogue: Catalogue) -> list[Held]:
    """Those of a port, as `DescribeCloudResourceAccessPortDetails` tells it. All have to be understood.

    Raises:
        UnreadableAnswerError: a certificate's kind or id is not told: then the list cannot be sent again.
    """
    found = []
    for row in port.rows("Certificates"):
        applied, cert_id = row.needed("AppliedType"), row.needed("CertificateId")
        if applied not in _ROLES:
            raise row.source.below("AppliedType").unreadable(f"{applied} is not known")
        found.append(Held(applied, cert_id, identifier_in(catalogue, cert_id)))
    if sum(one.bound.default for one in found) > 1:
        raise port.source.below("Certificates").unreadable("which one is the default is not told")
    return found


def looks(
    changes: Sequence[Change], held: Sequence[Held], settings: Settings, *, settled: bool
) -> list[Look | None]:
    """One for each slot; None for one that is gone, which can be said only once the port has `settled`."""
    wanted = {change.wanted.identifier for change in changes if change.wanted}
    default = next((one.bound for one in held if one.bound.default), None)
    extensions = {one.identifier: one.bound for one in held if not one.bound.default}
    found: list[Look | None] = []
    for change in changes:
        if change.resource.role is SlotRole.DEFAULT:
            now, carries = default, carrying(change, default.identifier) if default else None
        else:
            now, carries = _extension(change, default, extensions, wanted)
        if now and carries:
            slot = placed(change.resource, now)
            found.append(Look(carries, slot, settled, settings=settings, held=list(held)))
        else:
            found.append(None if settled else under_way(change))
    return found


def _extension(
    change: Change, default: Bound | None, there: dict[str, Bound], needed: Collection[str]
) -> tuple[Bound | None, Carries | None]:
    """The slot is named by its certificate: it is exchanged when the new one is there and the old one is not.

    An old one that another slot is to get stays.
    """
    own = change.resource.cert_identifier
    wanted = change.wanted.identifier if change.wanted else ""
    new = there.get(wanted) or (default if default and default.identifier == wanted else None)
    if new and (own not in there or own == wanted or own in needed):
        return new, Carries.WANTED
    return there.get(own), Carries.EXPECTED


def exchanged(held: Sequence[Held], steps: Sequence[Step]) -> list[dict[str, str]]:
    """The whole list, as the call takes it: what each slot carries now gives place to what it is to carry."""
    coming: dict[tuple[bool, str], list[str]] = {}
    for change, look in steps:
        assert change.wanted is not None, "none is taken off"
        key = look.slot.role is SlotRole.DEFAULT, look.slot.cert_identifier
        coming.setdefault(key, []).append(change.wanted.identifier)
    rows: dict[tuple[str, str], str] = {}
    default = ""
    for one in sorted(held, key=lambda one: not one.bound.default):
        new = coming.get((one.bound.default, one.identifier))
        for identifier, cert_id in [(i, i) for i in new] if new else [(one.identifier, one.cert_id)]:
            default = identifier if one.bound.default else default
            if one.bound.default or not new or identifier != default:
                rows.setdefault((one.applied, identifier), cert_id)
    return _as_sent((applied, cert_id) for (applied, _), cert_id in rows.items())


def put_back(held: Sequence[Held], change: Change, look: Look) -> list[dict[str, str]]:
    """The whole list, with what `change` wants in its slot again; `look`: what the slot carries now.

    An extension that shares its new certificate with another slot is an extension of its own again.
    """
    assert change.wanted is not None, "CAS has it"
    former, default = change.wanted.identifier, change.resource.role is SlotRole.DEFAULT

    def own(one: Held) -> bool:
        return one.bound.default if default else one.bound == Bound(look.slot.cert_identifier, False, False)

    rows = [(one.applied, former if own(one) else one.cert_id) for one in held]
    return _as_sent(rows if any(map(own, held)) else [*rows, (_EXTENSION, former)])


def _as_sent(rows: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"AppliedType": applied, "CertificateId": cert_id} for applied, cert_id in dict.fromkeys(rows)]


def without_default(slot: CloudResource, missing: str) -> CloudResource:
    """A port that has no certificate to exchange."""
    return slot.evolve(https=False, obstacle=slot.obstacle or missing)
