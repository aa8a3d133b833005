"""What the gateway products share: certificates of CAS by identifier, and the choice by server name."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from emulator.bundles import Bundle, covers
from emulator.estate import reaches
from emulator.service import Account
from emulator.services.cas.cas import Service as Cas

Domain = TypeVar("Domain")


def digits(*words: object) -> str:
    """32 hex digits for an id: the same for the same estate."""
    return sha256("/".join(map(str, words)).encode()).hexdigest()[:32]


def address(*words: object) -> str:
    """A public IPv4 address: the same for the same estate."""
    one, two, three = bytes.fromhex(digits(*words))[:3]
    return f"47.{one}.{two}.{three}"


def deployable(cloud: Account, identifier: str, region: str) -> Any:
    """CAS's certificate, or None where a gateway of `region` cannot use it."""
    row = cloud.service(Cas).find(identifier)
    return row if row is not None and row.deployable and reaches(row.store, region) else None


def bundle(cloud: Account, identifier: str) -> tuple[Bundle, ...]:
    row = cloud.service(Cas).find(identifier)
    return (row.bundle,) if row is not None else ()


def chosen(domains: Iterable[tuple[str, Domain]], server_name: str) -> Domain | None:
    """The domain that answers: an exact name before a wildcard, and `*` after all others."""
    fits = [(name, row) for name, row in domains if name == "*" or covers(name, server_name)]
    return min(fits, key=lambda pair: (pair[0] == "*", pair[0][:1] == "*"), default=("", None))[1]
