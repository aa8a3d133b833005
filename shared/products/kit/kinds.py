"""A product whose slots are of several kinds, each with an adapter of its own: API Gateway, FC, ESA, AWS."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, cast

from shared.cloud.api import Action, Api
from shared.domain.resources import CloudResource
from shared.domain.stored import StoredCertificate
from shared.errors import CloudError
from shared.products.kit.base import ProductAdapter, Step
from shared.products.kit.changes import Change, Look
from shared.products.kit.found import LASTING, Found, Unread, told
from shared.products.kit.means import Means


class ManyKinds(ProductAdapter):
    """Asks every kind for its slots, and each slot's own kind for everything else (`resource.kind`)."""

    kinds: ClassVar[Mapping[str, type[ProductAdapter]]]  #: by the name that its slots bear
    actions: ClassVar[Mapping[str, Action]] = {}

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._by_kind = {name: kind(means) for name, kind in self.kinds.items()}

    @classmethod
    def apis(cls) -> frozenset[Api]:
        return frozenset().union(*(kind.apis() for kind in cls.kinds.values()))

    @classmethod
    def granted(cls, *, writes: bool) -> frozenset[str]:
        return frozenset().union(*(kind.granted(writes=writes) for kind in cls.kinds.values()))

    @classmethod
    def cleaning_granted(cls) -> frozenset[str]:
        return frozenset().union(*(kind.cleaning_granted() for kind in cls.kinds.values()))

    def stored(self, region: str) -> Iterator[StoredCertificate | Unread]:
        """Of each kind that has a store."""
        for name, kind in self._by_kind.items():
            for found in told(f"kind {name}", partial(kind.stored, region)):
                yield found if isinstance(found, Unread) else found.evolve(kind=name)

    def _drop(self, stored: StoredCertificate) -> str:
        return self._by_kind[stored.kind].drop(stored)

    def regions(self) -> list[str]:
        """Those of all kinds. A kind that does not tell its own is looked for in all that it may have.

        Raises:
            CloudError: none of them tells.
        """
        found: set[str] = set()
        refused: list[CloudError] = []
        for kind in self._by_kind.values():
            try:
                found.update(kind.regions())
            except LASTING as error:
                refused.append(error)
                found.update(kind.api.regions or kind.likely_regions)
        if len(refused) == len(self._by_kind):
            raise refused[0]
        return sorted(found)

    def discover(self, region: str) -> Iterator[Found]:
        """A kind is asked in the regions that it has. One that cannot be read does not hide the others.

        Raises:
            CloudError: none of them can be read.
        """
        there: dict[str, ProductAdapter] = {}
        for name, kind in self._by_kind.items():
            try:
                if region in kind.regions():
                    there[name] = kind
            except LASTING as error:
                yield Unread(f"kind {name}", error)
        for name, kind in there.items():
            slots = partial(kind.discover, region)
            for found in told(f"kind {name}", slots) if len(there) > 1 else slots():
                yield found if isinstance(found, Unread) else _of_kind(found, name)

    def looks_at_once(self, resource: CloudResource) -> bool:
        kind = self._by_kind.get(resource.kind)  # of a row, which others may have written
        return kind is not None and kind.looks_at_once(resource)

    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        """Slots of one writer are of one kind."""
        kind = changes[0].resource.kind
        looks = self._by_kind[kind].look(changes)
        return [replace(look, slot=_of_kind(look.slot, kind)) if look else None for look in looks]

    def beside(self, look: Look) -> Sequence[CloudResource]:
        return self._kind(look.slot).beside(look)

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        return self._kind(steps[0][0].resource).together(steps)

    def _advance(self, steps: Sequence[Step]) -> None:
        self._kind(steps[0][0].resource)._advance(steps)

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._kind(change.resource)._take_back(change, look, lost)

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._kind(change.resource)._take_back_unknown(change, look, lost)

    def attach_unseen(self, change: Change) -> str:
        return self._kind(change.resource).attach_unseen(change)

    def left_behind(self, change: Change, look: Look | None) -> str:
        kind = self._by_kind.get(change.resource.kind)  # as above
        return kind.left_behind(change, look) if kind is not None else ""

    def _kind(self, resource: CloudResource) -> ProductAdapter:
        return self._by_kind[resource.kind]


class KindWithin(ProductAdapter):
    """A kind of slot within things (sites, instances, a region) that other kinds are within as well."""

    @abstractmethod
    def holders(self, region: str) -> Iterator[Any]:
        """The things, the same whichever kind is asked."""

    def name_of(self, holder: Any) -> str:
        """What tells it from all others, if its slots take calls of their own and it may be one of many."""
        return ""

    @abstractmethod
    def within(self, region: str, holder: Any) -> Iterator[Found]:
        """The slots of this kind in one of them."""

    def discover(self, region: str) -> Iterator[Found]:
        for holder in self.holders(region):
            yield from self.within(region, holder)


class KindsWithin(ManyKinds):
    """Every kind is a `KindWithin`: what they are within is listed once, not once for each kind."""

    def discover(self, region: str) -> Iterator[Found]:
        kinds = cast("dict[str, KindWithin]", self._by_kind)
        for number, holder in enumerate(next(iter(kinds.values())).holders(region), start=1):
            for name, kind in kinds.items():
                slots = told(f"kind {name} in {number}", partial(kind.within, region, holder))
                if one_of_many := kind.name_of(holder):
                    slots = self._once(f"{name}/{one_of_many}", slots)
                for found in slots:
                    yield found if isinstance(found, Unread) else _of_kind(found, name)


def _of_kind(slot: CloudResource, kind: str) -> CloudResource:
    return slot.evolve(kind=kind)
