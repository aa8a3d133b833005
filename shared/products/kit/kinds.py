"""A product whose slots are of several kinds, each with an adapter of its own: API Gateway, FC, ESA, AWS."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, cast

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.products.kit.base import ProductAdapter
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

    def regions(self) -> list[str]:
        return sorted({region for kind in self._by_kind.values() for region in kind.regions()})

    def discover(self, region: str) -> Iterator[CloudResource]:
        """A kind is asked in the regions that it has."""
        for name, kind in self._by_kind.items():
            for resource in kind.discover(region) if region in kind.regions() else ():
                yield resource.model_copy(update={"kind": name})

    def _read(self, resource: CloudResource) -> CloudResource | None:
        found = self._kind(resource).read(resource)
        return found.model_copy(update={"kind": resource.kind}) if found else None

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._kind(resource)._bind(resource, certificate)

    def _unbind(self, resource: CloudResource) -> None:
        self._kind(resource)._unbind(resource)

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        found = self._kind(resource).successor(resource, certificate)
        return found.model_copy(update={"kind": resource.kind}) if found else None

    def settled(self, resource: CloudResource) -> bool:
        return self._kind(resource).settled(resource)

    def _kind(self, resource: CloudResource) -> ProductAdapter:
        return self._by_kind[resource.kind]


class KindWithin(ProductAdapter):
    """A kind of slot within things (sites, instances, a region) that other kinds are within as well."""

    @abstractmethod
    def holders(self, region: str) -> Iterator[Any]:
        """The things, the same whichever kind is asked."""

    @abstractmethod
    def within(self, region: str, holder: Any) -> Iterator[CloudResource]:
        """The slots of this kind in one of them."""

    def discover(self, region: str) -> Iterator[CloudResource]:
        for holder in self.holders(region):
            yield from self.within(region, holder)


class KindsWithin(ManyKinds):
    """Every kind is a `KindWithin`: what they are within is listed once, not once for each kind."""

    def discover(self, region: str) -> Iterator[CloudResource]:
        kinds = cast("dict[str, KindWithin]", self._by_kind)
        for holder in next(iter(kinds.values())).holders(region):
            for name, kind in kinds.items():
                for resource in kind.within(region, holder):
                    yield resource.model_copy(update={"kind": name})
