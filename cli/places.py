"""How a slot is called: its id, which names it alone, and the name that its owner knows it by."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from cli import output
from shared.domain.names import for_display, in_letters
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.errors import InvalidRequestError
from shared.services.world import World


def slot(resource: CloudResource) -> str:
    """The slot's id, with IDNs in readable form, and as the cloud has them beside."""
    return _id(resource, for_display(resource.resource_id))


def _id(resource: CloudResource, shown: str) -> str:
    return f"{resource.product.value}/{resource.area or '-'}/{shown}"


def place(resource: CloudResource) -> str:
    """The slot as its owner knows it: `shop-front:443 default (cn-hangzhou)`."""
    holder = resource.instance_name or resource.instance_id
    if resource.role is SlotRole.DOMAIN:
        names = output.names(resource.domains)
        beside = holder not in (resource.resource_id, *resource.domains)
        return _with(names, holder if beside else "") if names else holder
    return _with(_on_listener(resource, holder), resource.region or resource.location)


def known_as(resource: CloudResource) -> str:
    """Its `place` where that says more than its id and its names do, which stand beside it."""
    holder = resource.instance_name or resource.instance_id
    if resource.role is not SlotRole.DOMAIN:
        return _on_listener(resource, holder)
    return "" if holder in (resource.resource_id, *resource.domains) else holder


def in_full(resource: CloudResource) -> str:
    """Its id, with what it is known as."""
    return _with(slot(resource), known_as(resource))


def _on_listener(resource: CloudResource, holder: str) -> str:
    own = "" if resource.domains_of_certificate else output.names(resource.domains)
    port = f":{resource.port}" if resource.port else ""  # some hold several, shown as one
    return f"{holder}{port} {resource.role.value} {own}".strip()


def _with(name: str, where: str) -> str:
    return f"{name} ({where})" if where else name


class SlotFinder:
    """What slots are called on the screen, for one command: they are read once, if an id does not tell."""

    def __init__(self, world: World) -> None:
        self._world = world

    def slot(self, text: str) -> str:
        """The id of the slot that is called `text`: by its id, or as its owner knows it.

        An id that is not known is returned as it is.

        Raises:
            InvalidRequestError: several slots are known under this name; or it is empty, as of a variable
                that is not set: a slot that its owner knows by no name would be taken for it.
        """
        if not (text := text.strip()):
            raise InvalidRequestError(
                "the name of a slot is empty; name it as `certdeploy resource list` does"
            )
        if text.isascii() and self._world.resources.find(text):
            return text
        letters = text.partition(" (")[0]  # of an IDN, with or without its A-labels
        if found := self._by_id.get(letters):
            return found
        named = self._by_place.get(text, [])
        if len(named) > 1:
            slots = ", ".join(sorted(named)[:5])
            raise InvalidRequestError(
                f"{text!r}: {len(named)} slots are known as this; name one by its id: {slots}"
            )
        return named[0] if named else text

    def slots(self, texts: Iterable[str]) -> list[str]:
        return [self.slot(text) for text in texts]

    @cached_property
    def _known(self) -> list[CloudResource]:
        return [record.resource for product in CloudProduct for record in self._world.resources.list(product)]

    @cached_property
    def _by_id(self) -> dict[str, str]:
        return {_id(one, in_letters(one.resource_id)): one.slot for one in reversed(self._known)}

    @cached_property
    def _by_place(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for one in self._known:
            for name in {place(one), known_as(one)}:
                found[name].append(one.slot)
        return found
