"""Certificates by the chains that CAS tells of them, and which clients trust as widely as which: in words."""

from __future__ import annotations

from typing import Any

from shared.domain.ca_names import ca_key
from shared.domain.certificates import ChainLink
from shared.domain.levels import Evidence, Level, Validation
from tests.builders import signed_by

EV = Level(validation=Validation.EV, by=Evidence.POLICY)
PUBLIC_ROOTS = frozenset({ca_key("Public Root")})
CHAINS: dict[str, dict[str, Any]] = {
    "public": signed_by("Public CA", "Public Root"),
    "public OV": signed_by("Public OV CA", "Public Root"),
    "public EV": {**signed_by("Public CA", "Public Root"), "level": EV},  # which no name tells
    "private": signed_by("Corp CA", "Corp Root"),
    "another private": signed_by("Lab CA", "Lab Root"),
    "self-signed": {
        "issuer": "example.com",
        "chain": (ChainLink(subject="example.com", issuer="example.com"),),
    },
    "not told": {"issuer": "Some CA", "chain": ()},
    "not told, of the public CA": {"issuer": "Public CA", "chain": ()},
    "leaf only, of the public CA": signed_by("Public CA"),
}
NOT_IN_CAS, NONE = "not in CAS", "nothing"
#: The higher, the more was checked of the owner; none where nothing is known of it.
LEVELS = {"public OV": 1, "public EV": 2}
#: Whose place a certificate may take, by how widely clients trust the two: as README's table says.
_PUBLIC = {"public", "public OV", "public EV"}
TRUSTED_ALIKE = {
    "public": _PUBLIC,
    "public OV": _PUBLIC,
    "public EV": _PUBLIC,
    "private": {"private"},
    "another private": {"another private"},
    "self-signed": set[str](),
    "not told": {"not told"},
    "not told, of the public CA": {"not told, of the public CA", "public", "public EV"},
    "leaf only, of the public CA": {"not told, of the public CA", "public", "public EV"},
    NOT_IN_CAS: _PUBLIC,
    NONE: _PUBLIC,
}
