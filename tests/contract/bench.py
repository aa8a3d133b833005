"""A product's adapter with everything real around it: the client, HTTP, and an emulated account."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.cloud import Cloud
from emulator.estate import Estate, parse_estate
from emulator.server import Server
from shared.cloud.aws import DEFAULT_ACCESS, CloudAccess
from shared.cloud.cas import Cas
from shared.cloud.credentials import Credentials
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.products import adapter_class
from shared.products.kit.means import Means
from tests.contract.driven import Driven
from tests.roles import session_of

SETTLE_S = 0.06
STORE = "cn-hangzhou"


def certificates(*names: str, domain: str = "example.com") -> dict[str, Any]:
    """Rows of an estate file: each for `domain` and one label below it, of a quick kind of key.

    No two begin and end together, as no two do that are issued one after the other.
    """
    row = {"names": [domain, f"*.{domain}"], "key": "ecdsa-p256"}
    return {name: {**row, "days": 200 - n} for n, name in enumerate(names)}


def client(cloud: Cloud, endpoint: str, product: CloudProduct | None = None, **options: Any) -> OpenApi:
    """The real client. It repeats as always, but pauses for nothing.

    `product`: with the rights of the functions that discover and deploy it, and no more.
    """
    key = cloud.key if product is None else session_of(cloud, *_functions_of(product), Stores="all")
    credentials = Credentials(key.access_key_id, key.access_key_secret, key.token)
    pacer = Pacer(sleep=lambda seconds: None)
    return OpenApi(lambda: credentials, endpoint=endpoint, pacer=pacer, sleep=lambda s: None, **options)


def _functions_of(product: CloudProduct) -> tuple[str, ...]:
    """discover_resources asks for the regions of every product, and leaves those with keys to another one."""
    clusters = ["discover_clusters"] if adapter_class(product).discovery_sees_keys else []
    return "discover_resources", *clusters, f"deploy_{product.value.lower()}"


@dataclass
class AllOfCas:
    """The catalogue of one store, read anew whenever something is looked up that was not there."""

    cas: Cas
    _known: list[Certificate] = field(default_factory=list)

    def by_identifier(self, identifier: str) -> Certificate | None:
        return self._one(lambda found: found.identifier == identifier)

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        return self._one(lambda found: found.fingerprint in fingerprints)

    def by_name(self, name: str, store: str) -> Certificate | None:
        self._one(lambda found: (found.name, found.store) == (name, store))
        named = [found for found in self._known if (found.name, found.store) == (name, store)]
        return named[0] if len(named) == 1 else None

    def _one(self, fits: Callable[[Certificate], bool]) -> Certificate | None:
        if found := next(filter(fits, self._known), None):
            return found
        self._known = list(self.cas.list_certificates())
        return next(filter(fits, self._known), None)


@dataclass
class Bench:
    """An account with an `estate`, and the adapter of one product, whose pages have two rows."""

    cloud: Cloud
    client: OpenApi
    estate: Estate
    product: CloudProduct
    region: str
    aws: CloudAccess = DEFAULT_ACCESS
    adapter: Driven = field(init=False)

    def __post_init__(self) -> None:
        self.adapter = self.adapter_with(seconds=10)

    def adapter_with(self, *, seconds: float, accept_outage: bool = False, page_size: int = 2) -> Driven:
        """An adapter that may wait so long for a change."""
        known = AllOfCas(Cas(self.client, STORE))
        adapter = adapter_class(self.product)(Means(self.client, known, accept_outage, aws=self.aws))
        for one in (adapter, *getattr(adapter, "_by_kind", {}).values()):
            one.page_size = page_size
        return Driven(adapter, seconds)

    def slots(self, region: str | None = None) -> dict[str, CloudResource]:
        """What discovery yields, by a name that a person would give the slot. Raises why a part is unread."""
        found = list(self.adapter.discover(self.region if region is None else region))
        named = {self._label(resource): resource for resource in found}
        assert len(named) == len(found), "a slot was yielded twice"
        return named

    def carried(self, region: str | None = None) -> dict[str, str]:
        """The slots with the estate's names of the certificates that they carry."""
        return {label: self.name_of(slot.cert_identifier) for label, slot in self.slots(region).items()}

    def slot(self, label: str) -> CloudResource:
        """One slot, as discovery stores it: with the names it answers to."""
        slot = self.slots()[label]
        if not slot.domains_of_certificate:
            return slot
        names = self.certificate(self.name_of(slot.cert_identifier)).names
        return slot.evolve(domains=names)

    def certificate(self, name: str) -> Certificate:
        return Cas(self.client, STORE).get_detail(self.estate.id_of(name))

    def name_of(self, identifier: str) -> str:
        names = {self.estate.identifier(name): name for name in self.estate.certificates}
        return names.get(identifier, identifier)

    def sure(self, slot: CloudResource | None) -> CloudResource | None:
        """What each answer tells of a slot: others than ordinary ones tell the rest now and then."""
        if slot is None or self.cloud.answers.mode == "full":
            return slot
        return slot.evolve(
            cert_not_after=None, endpoint="", port=None, server_names=(), domains=tuple(sorted(slot.domains))
        )

    def settle(self, slot: CloudResource) -> None:
        until(lambda: self.adapter.settled(slot))

    def deploy(self, slot: CloudResource, name: str) -> CloudResource:
        """Deploy, see it through, and give the slot as it is then."""
        look = self.adapter.deploy(slot, self.certificate(name)).look
        assert look is not None, "it is done"
        return look.slot

    def count(self, action: str, *, code: str | None = None) -> int:
        """How often the action was called; with that code in the answer ("" is success)."""
        calls = (call for call in self.cloud.calls if call.action == action)
        return sum(code is None or call.code == code for call in calls)

    def calls(self) -> Counter[str]:
        return Counter(call.action for call in self.cloud.calls)

    def _label(self, slot: CloudResource) -> str:
        if slot.role is SlotRole.DOMAIN:
            return slot.resource_id
        which = "" if slot.role is SlotRole.DEFAULT else f"/{self.name_of(slot.cert_identifier)}"
        return f"{slot.instance_name}:{slot.port}/{slot.role.value}{which}"


def until(true: Callable[[], bool], within_s: float = 10) -> None:
    """Return when `true()`; it has to be so within some seconds."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def new_bench(
    server: Server,
    product: CloudProduct,
    estate: dict[str, Any],
    region: str = "",
    aws: CloudAccess = DEFAULT_ACCESS,
    *,
    roles: bool = True,
) -> Bench:
    """Load `estate` into the served cloud, and forget what was before.

    `roles`: the client has the rights of the product's functions; else those of the account.
    """
    cloud, parsed = server.cloud, parse_estate(estate)
    cloud.settle_s = SETTLE_S
    cloud.load(None)  # first: a reset would set up again what was there before
    cloud.reset()
    cloud.load(parsed)
    signs = client(cloud, server.endpoint, product if roles else None)
    return Bench(cloud, signs, parsed, product, region, aws)
