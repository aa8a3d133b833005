"""Writes a running cloud back as an estate: what was loaded, and beside it what calls have changed since.

Not in it: faults, denials, options, behaviours, the clock, access keys and sessions, the log of calls, AWS,
and instances of Tablestore that a file keeps.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulator.bundles import Bundle
from emulator.cloud import Cloud
from emulator.codec import Pair, Writer
from emulator.estate import Estate, parse_estate, plain_of
from emulator.saved import KEY, digest
from emulator.sections.tablestore import Instance


def saved_estate(cloud: Cloud) -> dict[str, Any]:
    """The data of a file that `--estate` takes. It has private keys."""
    with cloud.lock:
        now = cloud.clock()
        estate = _before(cloud.estate if cloud.estate is not None else parse_estate({}))
        bundles = {name: estate.bundle(name, now) for name in estate.certificates}
        names = {_pair(bundle): name for name, bundle in bundles.items()}
        products = _products(cloud, names)
        as_loaded = _products(_fresh(cloud, estate, now), names)
        changed = {name: plain for name, plain in products.items() if plain != as_loaded.get(name)}
        others = [saved_estate(other) for other in cloud.every()[1:]]
        without = sorted(name for name, service in cloud.services.items() if service.loses())
    told = {
        "digest": "",
        **({"certificates": {name: list(_pair(one)) for name, one in bundles.items()}} if bundles else {}),
        **({"products": changed} if changed else {}),
        **({"without": without} if without else {}),
    }
    file = {**plain_of(estate), **({"accounts": others} if others else {}), KEY: told}
    told["digest"] = digest(file)
    return file


def _before(estate: Estate) -> Estate:
    """Without what was saved before; its certificates stay as they are."""
    return estate.model_copy(update={KEY: None})


def _fresh(cloud: Cloud, estate: Estate, now: datetime) -> Cloud:
    """Another cloud, as after loading; it leaves Tablestore's files alone."""
    fresh = Cloud(account=cloud.account, clock=lambda: now)
    fresh.load(estate.model_copy(update={Instance.key: []}))
    return fresh


def _products(cloud: Cloud, names: dict[Pair, str]) -> dict[str, Any]:
    return {name: Writer(names).plain(service.kept()) for name, service in cloud.services.items()}


def _pair(bundle: Bundle) -> Pair:
    return bundle.certificate_pem, bundle.key_pem or ""
