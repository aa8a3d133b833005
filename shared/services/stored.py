"""The certificates in products' own stores: which of them nothing needs any more, and their deletion."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from shared.domain.accounts import OWN
from shared.domain.resources import CloudProduct, SyncState
from shared.domain.stored import StoredCertificate
from shared.errors import AppError, CloudCredentialsError, ConflictError, SettingsError
from shared.products import adapter_class
from shared.products.kit.base import ProductAdapter
from shared.products.kit.found import Unread, told
from shared.services.catalogue import KnownCertificates
from shared.services.cleaned import CleanedStored, Fate
from shared.services.needed import Needed
from shared.services.world import World


def with_stores(products: Iterable[CloudProduct]) -> tuple[CloudProduct, ...]:
    return tuple(product for product in products if adapter_class(product).has_store)


def _check_key(error: AppError, account: str) -> None:
    """Raises it, if it is of our own key, which is good nowhere then."""
    if account == OWN and isinstance(error, CloudCredentialsError | SettingsError):
        raise error


class Stores:
    """Those of the products that are asked for, where discovery has found the products."""

    def __init__(self, world: World, needed: Needed, products: Collection[CloudProduct]) -> None:
        self._world, self._needed = world, needed
        self._adapters: dict[tuple[CloudProduct, str], ProductAdapter] = {}
        self.unread: list[str] = []  #: parts that could not be read, each with why
        self._found = [found for product in products for found in self._of_product(product)]

    def planned(self, places: Collection[str] = (), identifiers: Collection[str] = ()) -> list[CleanedStored]:
        """What becomes of each; of those at these places, or of these certificates, if any are named."""
        beside: dict[tuple[str, str], list[StoredCertificate]] = defaultdict(list)
        for one in self._found:
            beside[_pool_of(one)].append(one)
        asked = [
            one
            for one in self._found
            if (not places or one.place in places) and (not identifiers or one.cert_identifier in identifiers)
        ]
        return [self._planned(one, beside[_pool_of(one)]) for one in asked]

    def dropped(self, planned: CleanedStored) -> CleanedStored:
        one = planned.stored
        try:
            why = self._adapter(one.product, one.account).drop(one)
        except AppError as error:
            return planned.evolve(fate=Fate.FAILED, reason=str(error))
        if why:
            return planned.evolve(fate=Fate.KEPT, reason=why)
        if one.is_slot and (record := self._world.resources.find(one.place)):
            with suppress(ConflictError):  # the next discovery finds it gone
                self._world.resources.remove(record)
        return planned.evolve(fate=Fate.DELETED)

    def _of_product(self, product: CloudProduct) -> Iterator[StoredCertificate]:
        for status in self._world.syncs.list(product):
            if status.state not in (SyncState.SYNCED, SyncState.PARTIAL):
                continue
            where = f"the store of {product.value} {status.area}".strip()
            try:
                adapter = self._adapter(product, status.account)
                for found in list(told(where, partial(adapter.stored, status.region))):
                    if isinstance(found, Unread):
                        _check_key(found.error, status.account)
                        part = where if found.what == where else f"{where}, {found.what}"
                        self.unread.append(f"{part}: {found.error}")
                    else:
                        yield found
            except AppError as error:
                _check_key(error, status.account)
                self.unread.append(f"{where}: {error}")

    def _adapter(self, product: CloudProduct, account: str) -> ProductAdapter:
        key = product, account
        if key not in self._adapters:
            catalogue = KnownCertificates(self._world.certificates, self._world.policy.homes_of(account))
            self._adapters[key] = self._world.adapter(product, catalogue, account=account)
        return self._adapters[key]

    def _planned(self, one: StoredCertificate, beside: Sequence[StoredCertificate]) -> CleanedStored:
        certificate = self._needed.by_identifier.get(one.cert_identifier)
        why, note = self._needed.why_stored_kept(one, beside) or next(iter(self._needed.unsure), ""), ""
        if not why and certificate is not None:
            name, silent = self._needed.served(certificate)
            why = f"clients of {name} are served it" if name else ""
            note = f"; {', '.join(silent)} could not be asked what they serve" if silent else ""
        if not why and one.is_slot and certificate is not None:
            why = self._needed.served_at(one.place, certificate)
        return CleanedStored(
            stored=one,
            fate=Fate.KEEP if why else Fate.DELETE,
            reason=why or f"nothing uses it or needs it{note}",
        )


def _pool_of(one: StoredCertificate) -> tuple[str, str]:
    """Those that take each other's place: of an edge's site, of a region."""
    return f"{one.product.value}/{one.area}", one.stored_id.rpartition("/")[0] if one.is_slot else ""
