"""The certificates that an AlbConfig's spec names for a listener, and the JSON patch that exchanges one.

Keys are capitalised in `certificates` and lower-case in `defaultCertificate`.
"""

from dataclasses import dataclass

from shared.cloud.kubernetes import Object
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError


@dataclass(frozen=True)
class Entry:
    """One certificate of a listener. `place` is the JSON pointer of its id within the object."""

    place: str
    text: str  #: as written there
    role: SlotRole

    @property
    def identifier(self) -> str:
        return identifier_of(self.text)


def entries_of(item: Object, listener_id: str) -> list[Entry]:
    """The certificates of a listener, as the spec has them."""
    for i, listener in enumerate((item.get("spec") or {}).get("listeners") or ()):
        if f"{listener['port']}:{listener.get('protocol') or 'HTTP'}" != listener_id.rpartition("/")[2]:
            continue
        place = f"/spec/listeners/{i}"
        rows = listener.get("certificates") or []
        own = (listener.get("defaultCertificate") or {}).get("certificateId")
        marked = [j for j, row in enumerate(rows) if row.get("IsDefault")]
        default = -1 if own else next(iter(marked), 0)
        found = [Entry(f"{place}/defaultCertificate/certificateId", own, SlotRole.DEFAULT)] if own else []
        return found + [
            Entry(
                f"{place}/certificates/{j}/CertificateId",
                row["CertificateId"],
                SlotRole.DEFAULT if j == default else SlotRole.ADDITIONAL,
            )
            for j, row in enumerate(rows)
            if row.get("CertificateId")
        ]
    return []


def exchange(entries: list[Entry], resource: CloudResource, identifier: str) -> list[Object]:
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
