"""A World for the use cases that only look at the state: nothing outside it can be reached."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from shared.domain.certificates import STORES, Certificate, CertificateRecord
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.trust import standing_of
from shared.services.world import Policy, World
from shared.state import contacts, repositories
from shared.state.leases import Leases
from shared.state.quota import Quota
from shared.state.sqlite import SqliteStore
from shared.state.store import Store
from tests.builders import NOW

PRODUCTS = (CloudProduct.CDN, CloudProduct.ALB, CloudProduct.OSS, CloudProduct.SAE)
POLICY = Policy(stores=STORES, products=PRODUCTS)


class Unheard:
    """Events that nobody listens to."""

    def publish(self, data: object, *, id: str, subject: str) -> None:
        pass


def a_world(
    at: Path | Store,
    *,
    certificates: Iterable[Certificate] = (),
    slots: Iterable[CloudResource] = (),
    policy: Policy = POLICY,
) -> World:
    """It is NOW; `certificates` are scanned, `slots` discovered. `at`: a folder, or a store."""
    if isinstance(at, Path):
        at.mkdir(exist_ok=True)
    store = SqliteStore(at / "state.db") if isinstance(at, Path) else at
    parts: dict[str, Any] = {
        "clock": lambda: NOW,
        "certificates": repositories.Certificates(store),
        "scans": repositories.Scans(store),
        "resources": repositories.Resources(store),
        "dead_letters": repositories.DeadLetters(store),
        "policy_texts": repositories.PolicyTexts(store),
        "syncs": repositories.SyncStatuses(store),
        "sweeps": repositories.Sweeps(store),
        "jobs": repositories.Jobs(store),
        "workers": repositories.Workers(store),
        "contacts": contacts.Contacts(store),
        "notifications": contacts.Notifications(store),
        "deliveries": contacts.Deliveries(store),
        "quota": Quota(store),
        "leases": Leases(store, lambda: NOW),
        "caller": lambda: "",
        "holder": "a test",
        "standing": partial(standing_of, public_roots=frozenset(), now=NOW),
        "left_s": lambda: 60.0,
        "events": Unheard(),
        "policy": policy,
    }
    world = cast(World, SimpleNamespace(**parts))
    for certificate in certificates:
        world.certificates.save(CertificateRecord(certificate=certificate))
    for slot in slots:
        world.resources.put(slot, NOW)
    return world
