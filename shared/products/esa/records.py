"""ESA: which records of a site are served an entry of its pool, and where a handshake asks for them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from shared.cloud.reading import Fields
from shared.domain.certificate_names import Told, told_names
from shared.domain.names import NotAHostNameError, covers, normalize
from shared.errors import UnreadableAnswerError

VALID: Final = ("OK", "Expiring")  #: states of an entry that is in service
_PROVED: Final = 5  #: records of a site that are asked for by handshake, at most


def names_of(entry: Fields) -> Told:
    texts = entry.texts("SAN") or [entry.text("CommonName")]
    return told_names(text for told in texts for text in told.split(","))


def met_by(entry: Fields, entries: Iterable[Fields], records: Iterable[Fields]) -> list[Fields]:
    """The records that are served this certificate, whatever the edge's rule of choice.

    Not those that another one is for as well, unless its key is known to be of another kind.
    """
    kind = entry.text("PubAlg")

    try:
        rivals = [
            name
            for other in entries
            if other.text("Id") != entry.text("Id")
            and other.text("Status") in VALID
            and (not kind or other.text("PubAlg") in ("", kind))
            for name in names_of(other).names
        ]
    except UnreadableAnswerError:
        return []
    own = [r for r in records if any(covers(name, record_name(r)) for name in names_of(entry).names)]
    return [r for r in own if not any(covers(name, record_name(r)) for name in rivals)]


def asked_at(records: list[Fields]) -> dict[str, Any]:
    """Where and by which names a handshake asks for some of them."""
    if not records:
        return {"endpoint": "", "server_names": ()}
    address = records[0].text("RecordCname") or records[0].text("RecordName")
    return {
        "endpoint": f"{address.replace('*', 'any')}:443",
        "server_names": tuple(record_name(record) for record in records[:_PROVED]),
    }


def record_name(record: Fields) -> str:
    """ "" if it is no name that a client could ask for."""
    with suppress(NotAHostNameError):
        return normalize(record.text("RecordName"))
    return ""


def number_of(site_id: str) -> int:
    if not (site_id.isascii() and site_id.isdigit()):
        raise UnreadableAnswerError("ListSites", f"SiteId: a number was expected, not {site_id}")
    return int(site_id)
