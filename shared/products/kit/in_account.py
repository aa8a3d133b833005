"""An adapter at work in another account: what it sees and does there, as the rest of the system names it.

An adapter knows one account, the one that its client signs for, and names certificates and slots as the
product does. Outside, the account belongs to each of these names. Both are the same thing said twice, so this
is the one place where one is turned into the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import replace

from shared.domain.accounts import OWN, account_prefix, within
from shared.domain.certificates import Certificate, is_bare_id
from shared.domain.resources import CloudResource
from shared.domain.stored import StoredCertificate
from shared.products.kit.base import ProductAdapter, Step
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.changes import Change, Look
from shared.products.kit.exclusive import Exclusive
from shared.products.kit.found import Found, Unread
from shared.products.kit.known import Kept, Known
from shared.products.kit.means import Means


class Names:
    """What is named in an account, inside and outside of it."""

    def __init__(self, account: str) -> None:
        self.account = account
        self._prefix = account_prefix(account)

    def identifier_outside(self, text: str) -> str:
        """Also of a certificate that CAS does not know, which products name by other things.

        A fingerprint is the same everywhere.
        """
        if not text or text.startswith("sha256:"):
            return text
        number, dash, rest = text.partition("-")
        if dash and is_bare_id(number):
            return f"{number}-{self._prefix}{rest}"
        return f"{self._prefix}{text}"

    def identifier_inside(self, text: str) -> str:
        number, dash, rest = text.partition("-")
        if dash and is_bare_id(number):
            return f"{number}-{rest.removeprefix(self._prefix)}"
        return text.removeprefix(self._prefix)

    def slot_outside(self, slot: CloudResource) -> CloudResource:
        return self._slot(slot, self.account, self.identifier_outside, self._id_outside)

    def slot_inside(self, slot: CloudResource) -> CloudResource:
        return self._slot(slot, OWN, self.identifier_inside, self._id_inside)

    @staticmethod
    def _slot(
        slot: CloudResource, account: str, identifier: Callable[[str], str], slot_id: Callable[[str], str]
    ) -> CloudResource:
        return slot.evolve(
            account=account,
            cert_identifier=identifier(slot.cert_identifier),
            follows=slot_id(slot.follows),
            fronted_by=slot_id(slot.fronted_by),
        )

    def _id_outside(self, slot: str) -> str:
        """Of another slot of the account."""
        product, _, rest = slot.partition("/")
        return f"{product}/{self._prefix}{rest}" if slot else ""

    def _id_inside(self, slot: str) -> str:
        product, _, rest = slot.partition("/")
        return f"{product}/{rest.removeprefix(self._prefix)}" if slot else ""

    def stored_outside(self, stored: StoredCertificate) -> StoredCertificate:
        return self._stored(stored, self.account, self.identifier_outside)

    def stored_inside(self, stored: StoredCertificate) -> StoredCertificate:
        return self._stored(stored, OWN, self.identifier_inside)

    @staticmethod
    def _stored(
        stored: StoredCertificate, account: str, identifier: Callable[[str], str]
    ) -> StoredCertificate:
        return stored.evolve(
            account=account,
            cert_identifier=identifier(stored.cert_identifier),
            put_as=identifier(stored.put_as),
        )

    def certificate_inside(self, certificate: Certificate | None) -> Certificate | None:
        return certificate.evolve(account=OWN) if certificate else None

    def change_inside(self, change: Change) -> Change:
        undoes = change.undoes
        return replace(
            change,
            resource=self.slot_inside(change.resource),
            wanted=self.certificate_inside(change.wanted),
            undoes=replace(undoes, identifier=self.identifier_inside(undoes.identifier)) if undoes else None,
            moved={
                self.identifier_inside(one): self.identifier_inside(other)
                for one, other in change.moved.items()
            },
        )

    def look_outside(self, look: Look) -> Look:
        added = self.slot_outside(look.added) if look.added else None
        return replace(look, slot=self.slot_outside(look.slot), added=added)

    def look_inside(self, look: Look) -> Look:
        added = self.slot_inside(look.added) if look.added else None
        return replace(look, slot=self.slot_inside(look.slot), added=added)


class CatalogueInside:
    """The account's certificates, as its products name them."""

    def __init__(self, catalogue: Catalogue, names: Names) -> None:
        self._catalogue, self._names = catalogue, names

    def by_identifier(self, identifier: str) -> Certificate | None:
        outside = self._names.identifier_outside(identifier)
        return self._names.certificate_inside(self._catalogue.by_identifier(outside))

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        return self._names.certificate_inside(self._catalogue.by_fingerprint(*fingerprints))

    def by_name(self, name: str, store: str) -> Certificate | None:
        return self._names.certificate_inside(self._catalogue.by_name(name, store))


class KnownInside:
    """What earlier discoveries stored of the account's slots, as the adapter stored it."""

    def __init__(self, known: Known, names: Names) -> None:
        self._known, self._names = known, names

    @property
    def period(self) -> str:
        return self._known.period

    def within(self, start: str) -> Mapping[str, Kept]:
        inside = self._names.slot_inside
        kept = self._known.within(start).items()
        return {name: replace(one, resource=inside(one.resource)) for name, one in kept}

    def keep(self, resource_id: str, memo: str) -> None:
        self._known.keep(resource_id, memo)


def exclusive_inside(exclusive: Exclusive, account: str) -> Exclusive:
    """Two accounts do not wait for each other."""

    def exclusively(name: str) -> AbstractContextManager[None]:
        return exclusive(within(account, name))

    return exclusively


class InAccount(ProductAdapter):
    """An adapter of another account's slots."""

    actions = {}  # those of the adapter inside are called, by itself

    def __init__(self, kind: type[ProductAdapter], means: Means, account: str) -> None:
        """`means`: with a client that signs for the account, and all else as it is named outside."""
        super().__init__(means)
        self._names = names = Names(account)
        self._inside = kind(
            replace(
                means,
                catalogue=CatalogueInside(means.catalogue, names),
                known=KnownInside(means.known, names),
                exclusive=exclusive_inside(means.exclusive, account),
            )
        )
        told = {"product": kind.product, "first_deployment": kind.first_deployment}
        vars(self).update(told, other_cloud=kind.other_cloud, api=kind.api)

    def regions(self) -> list[str]:
        return self._inside.regions()

    def discover(self, region: str) -> Iterator[Found]:
        for found in self._inside.discover(region):
            yield found if isinstance(found, Unread) else self._names.slot_outside(found)

    def stored(self, region: str) -> Iterator[StoredCertificate | Unread]:
        for found in self._inside.stored(region):
            yield found if isinstance(found, Unread) else self._names.stored_outside(found)

    def _drop(self, stored: StoredCertificate) -> str:
        return self._inside.drop(self._names.stored_inside(stored))

    def looks_at_once(self, resource: CloudResource) -> bool:
        return self._inside.looks_at_once(resource)

    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        looks = self._inside.look([self._names.change_inside(change) for change in changes])
        return [self._names.look_outside(look) if look else None for look in looks]

    def beside(self, look: Look) -> Sequence[CloudResource]:
        return [self._names.slot_outside(one) for one in self._inside.beside(self._names.look_inside(look))]

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        inside = self._steps(steps)
        chosen = {id(change) for change, _ in self._inside.together(inside)}
        return [step for step, (change, _) in zip(steps, inside, strict=True) if id(change) in chosen]

    def _advance(self, steps: Sequence[Step]) -> None:
        self._inside._advance(self._steps(steps))

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._inside._take_back(*self._step(change, look), lost)

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._inside._take_back_unknown(*self._step(change, look), lost)

    def attach_unseen(self, change: Change) -> str:
        return self._inside.attach_unseen(self._names.change_inside(change))

    def left_behind(self, change: Change, look: Look | None) -> str:
        there = self._names.look_inside(look) if look else None
        return self._inside.left_behind(self._names.change_inside(change), there)

    def _steps(self, steps: Sequence[Step]) -> list[Step]:
        return [self._step(change, look) for change, look in steps]

    def _step(self, change: Change, look: Look) -> Step:
        return self._names.change_inside(change), self._names.look_inside(look)
