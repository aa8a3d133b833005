"""Certificates by the chains that CAS tells of them, and which clients trust as widely as which: in words."""

from __future__ import annotations

from typing import Any

from shared.domain.ca_names import ca_key
from shared.domain.certificates import ChainLink
from tests.builders import signed_by

PUBLIC_ROOTS = frozenset({ca_key("Public Root")})
CHAINS: dict[str, dict[str, Any]] = {
    "public": signed_by("Public CA", "Public Root"),
    "public OV": signed_by("Public OV CA", "Public Root"),
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
#: Whose place a certificate may take, by how widely clients trust the two: as README's table says.
TRUSTED_ALIKE = {
    "public": {"public", "public OV"},
    "public OV": {"public", "public OV"},
    "private": {"private"},
    "another private": {"another private"},
    "self-signed": set[str](),
    "not told": {"not told"},
    "not told, of the public CA": {"not told, of the public CA", "public"},
    "leaf only, of the public CA": {"not told, of the public CA", "public"},
    NOT_IN_CAS: {"public", "public OV"},
    NONE: {"public", "public OV"},
}
