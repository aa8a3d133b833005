"""What stands on a listener beside a slot, by the last discovery: other certificates for the same names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.names import patterns
from shared.domain.plans import StandsBeside
from shared.domain.resources import CloudProduct, CloudResource
from shared.services.discovered import Discovered
from shared.services.world import World

_SHOWN: Final = 5  #: certificates beside a slot that are named
_Listener = tuple[CloudProduct, str, str]


class Listeners:
    """Each region is read once, and only if a slot of it is asked for."""

    def __init__(self, world: World) -> None:
        self._discovered = Discovered(world, partial(_by_listener, world))

    def kinds(self, resource: CloudResource) -> frozenset[str]:
        """Kinds of key that the listener's certificates for the slot's names have; its own among them."""
        return frozenset(one.algorithm for one in self._of(resource))

    def beside(self, resource: CloudResource) -> tuple[StandsBeside, ...]:
        """The first of the other certificates for one of the slot's names."""
        others = [one for one in self._of(resource) if one.identifier != resource.cert_identifier]
        return tuple(
            StandsBeside(cert_identifier=one.identifier, algorithm=one.algorithm) for one in others[:_SHOWN]
        )

    def _of(self, resource: CloudResource) -> list[Certificate]:
        if not resource.listener_id:
            return []
        there = self._discovered.of(resource.product, resource.area).get(_listener(resource))
        return there.of_names(resource.domains) if there else []


class _Held:
    """The certificates of one listener, by name; of those for one name some of each kind of key."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[str, dict[str, Certificate]]] = defaultdict(lambda: defaultdict(dict))
        self._seen: set[str] = set()

    def add(self, certificate: Certificate) -> None:
        if certificate.identifier in self._seen:
            return
        self._seen.add(certificate.identifier)
        for name in certificate.names:
            some = self._by_name[name][certificate.algorithm]
            if len(some) <= _SHOWN:
                some[certificate.identifier] = certificate

    def of_names(self, names: Iterable[str]) -> list[Certificate]:
        found: dict[str, Certificate] = {}
        for pattern in (pattern for name in names for pattern in patterns(name)):
            for some in self._by_name.get(pattern, {}).values():
                found.update(some)
        return list(found.values())


def _by_listener(world: World, slots: Iterable[CloudResource]) -> Mapping[_Listener, _Held]:
    held = [slot for slot in slots if slot.listener_id and slot.cert_identifier]
    known = world.certificates.find_many({slot.cert_identifier for slot in held})
    found: dict[_Listener, _Held] = defaultdict(_Held)
    for slot in held:
        if record := known.get(slot.cert_identifier):
            found[_listener(slot)].add(record.certificate)
    return found


def _listener(slot: CloudResource) -> _Listener:
    return slot.product, slot.area, slot.listener_id
