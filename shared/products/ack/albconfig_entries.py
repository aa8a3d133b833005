"""The certificates that an AlbConfig's spec names for a listener, and the JSON patch that exchanges one.

Keys are capitalised in `certificates` and lower-case in `defaultCertificate`.
"""

from dataclasses import dataclass
from typing import Final

from shared.cloud.kubernetes import Object
from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError

DISPUTED: Final = (
    "an entry other than the first is marked as the default, and the controller takes the first: mark that"
    " alone, in spec.listeners[].certificates"
)


@dataclass(frozen=True)
class Entry:
    """One certificate of a listener. `place` is the JSON pointer of its id within the object."""

    place: str
    text: str  #: as written there
    role: SlotRole
    disputed: bool = False  #: the listener's marks name another default than the controller takes

    @property
    def identifier(self) -> str:
        return identifier_of(self.text)


def entries_of(item: Fields, listener_id: str) -> list[Entry]:
    """The certificates of a listener, as the spec has them.

    The controller takes the first entry for the default, whatever is marked.
    """
    for i, listener in enumerate(item.rows("spec", "listeners")):
        if place_of(listener) != listener_id.rpartition("/")[2]:
            continue
        place = f"/spec/listeners/{i}"
        rows = listener.rows("certificates")
        own = listener.part("defaultCertificate").text("certificateId")
        first = next((j for j, row in enumerate(rows) if row.text("CertificateId")), 0)
        disputed = not own and (first > 0 or any(row.flag("IsDefault") for row in rows[1:]))
        found = [Entry(f"{place}/defaultCertificate/certificateId", own, SlotRole.DEFAULT)] if own else []
        return found + [
            Entry(
                f"{place}/certificates/{j}/CertificateId",
                row.text("CertificateId"),
                SlotRole.ADDITIONAL if j > first or own else SlotRole.DEFAULT,
                disputed,
            )
            for j, row in enumerate(rows)
            if row.text("CertificateId")
        ]
    return []


def place_of(listener: Fields) -> str:
    """Port and protocol, such as "443:HTTPS"."""
    return f"{listener.needed('port')}:{listener.text('protocol') or 'HTTP'}"


def exchange(entries: list[Entry], resource: CloudResource, identifier: str) -> list[Object]:
    if any(entry.disputed for entry in entries):
        raise CloudRejectedError("PatchAlbConfig", "NotDeployable", DISPUTED)
    default = resource.role is SlotRole.DEFAULT
    old = [
        e
        for e in entries
        if (e.role is resource.role and (default or e.identifier == resource.cert_identifier))
    ]
    if not old:
        raise CloudRejectedError("PatchAlbConfig", "NotFound", f"{resource.slot} is gone")
    also = [entry for entry in entries if entry.identifier == identifier and entry not in old]
    tests = [{"op": "test", "path": entry.place, "value": entry.text} for entry in (*old, *also)]
    if also and not default:  # it is there already: only the old one goes
        return [*tests, *_removals(old)]
    place, repeated = old[0].place, old[1:]
    removed = _removals([*also, *repeated])  # a certificate stands on a listener once
    return [*tests, {"op": "replace", "path": place, "value": identifier}, *removed]


def _removals(entries: list[Entry]) -> list[Object]:
    """From the last to the first, so that the places before stay what they are."""
    places = [entry.place.rpartition("/")[0] for entry in entries]
    ordered = sorted(places, key=lambda place: int(place.rpartition("/")[2]), reverse=True)
    return [{"op": "remove", "path": place} for place in ordered]
