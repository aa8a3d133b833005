"""What an estate file has of a running cloud that was saved: its certificates, and what calls have changed.

It is written and read by `saving`, checked here, and not for people to edit: a digest over the whole file
tells. A product that is in it is as it was, whatever its section says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Protocol

from emulator.bundles import Bundle
from emulator.codec import CodecError, Reader
from emulator.sections import Part

KEY = "saved"  #: in the file
BY_HAND = f"{KEY}: the file was changed, or is of another version; take this key out to begin from the rest"


class Keeper(Protocol):
    def keep(self, state: dict[str, Any]) -> None: ...


class Saved(Part):
    """`certificates`: chain and private key of each, as PEM. `without`: what could not be saved."""

    digest: str
    certificates: dict[str, tuple[str, str]] = {}
    products: dict[str, dict[str, Any]] = {}
    without: list[str] = []

    def __repr__(self) -> str:
        return f"Saved(digest={self.digest!r})"  # the rest has private keys

    def problems(self, file: Mapping[str, Any]) -> list[str]:
        """`file`: the data of the whole estate."""
        told = {**file[KEY], "digest": ""} if KEY in file else {}
        return [] if digest({**file, KEY: told}) == self.digest else [BY_HAND]

    def bundles(self) -> dict[str, Bundle]:
        return {name: Bundle(chain, key) for name, (chain, key) in self.certificates.items()}


def digest(file: Mapping[str, Any]) -> str:
    """Of the data of an estate whose `saved` has an empty digest."""
    return sha256(json.dumps(file, sort_keys=True).encode()).hexdigest()


def restore(services: Mapping[str, Keeper], saved: Saved) -> None:
    """Have the services hold what was saved of them. Raises ValueError, in one sentence."""
    bundles = saved.bundles()
    for name, plain in saved.products.items():
        try:
            service = services.get(name)
            if service is not None:
                service.keep(Reader(bundles).value(plain))
        except CodecError as error:
            raise ValueError(f"{KEY}.products.{name}: {error}; it is of another version") from None
