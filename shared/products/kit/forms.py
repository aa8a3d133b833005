"""How a product's slots are named. What is named otherwise is no slot, whoever wrote it into a row.

Each package says the forms of its slots in its `forms` module, by kind, as regular expressions for the whole
of a field. Rows of the state and answers of the cloud are held against them before anything is made of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from shared.domain.names import NotAHostNameError, normalize
from shared.domain.regions import Regions, shown
from shared.domain.resources import CloudResource

ID: Final = r"[A-Za-z0-9][\w.:@-]*"  #: of a certificate, or of a thing whose ids have no documented form
NAME: Final = r"(?:\*|(?:\*?\.)?[\w-]+(?:\.[\w-]+)*\.?)"  #: a domain, as products write them
OWN_NAME: Final = f"(?P<name>{NAME})"  #: within a resource id: the one name that the slot answers to
ROLE: Final = f"(?:default|additional(?:/(?:{ID}|{NAME}))?)"  #: which certificate of a listener
REGION: Final = "<region>"  #: within a form: the slot's own region
_ENDPOINT: Final = re.compile(r"(?:[\w*-]+(?:\.[\w*-]+)*\.?|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_NAME: Final = re.compile(NAME)
_LONGEST: Final = 1024


class Names(str, Enum):
    """What tells the names of a slot, whatever a row says they are."""

    ID = "its id"
    LOOK = "each look at it"
    LEAF = "each look, by the certificate in place"
    CAS = "CAS, by the identifier of the certificate in place"


@dataclass(frozen=True)
class SlotForm:
    """Fields without a form are empty in the product's slots."""

    resource_id: str
    instance_id: str = ""
    listener_id: str = ""
    regional: bool = True  #: its slots have a region; else "" in its place
    located: bool = False  #: they have the region of what they are in beside it
    names: Names = Names.CAS  #: of those whose id has no `OWN_NAME`


Forms: TypeAlias = Mapping[str, SlotForm]  #: by kind; "" where the product has but one
#: Of products whose slots are domains that are everywhere.
OF_DOMAINS: Final[Forms] = {"": SlotForm(OWN_NAME, f"(?:{NAME})?", regional=False)}


def why_not_of_form(resource: CloudResource, forms: Forms, regions: Regions) -> str:
    """Why this is no slot of its product, naming the first field that is not of its form; "" if it is one.

    `regions`: those of the product's cloud.
    """
    problem = next(_problems(resource, forms, regions), "")
    return f"not a slot of {resource.product.value}: {problem}" if problem else ""


def what_tells_names(resource: CloudResource, forms: Forms) -> Names:
    """Of a slot that is of its form."""
    form = forms[resource.kind]
    return form.names if _own_name(resource, form) is None else Names.ID


def _own_name(resource: CloudResource, form: SlotForm) -> str | None:
    found = _compiled(form.resource_id, resource.region).fullmatch(resource.resource_id)
    return found.groupdict().get("name") if found else None


def _problems(resource: CloudResource, forms: Forms, regions: Regions) -> Iterator[str]:
    form = forms.get(resource.kind)
    if form is None:
        yield f"it has no kind {shown(resource.kind)}"
        return
    for name, place, wanted in (
        ("region", resource.region, form.regional),
        ("location", resource.location, form.located),
    ):
        if wanted and (why := regions.why_not(place)):
            yield why
        elif place and not wanted:
            yield f"{name} {shown(place)}, of a product that has none"
    for name, text, pattern in (
        ("resource id", resource.resource_id, form.resource_id),
        ("instance id", resource.instance_id, form.instance_id),
        ("listener id", resource.listener_id, form.listener_id),
    ):
        if len(text) > _LONGEST or not _compiled(pattern, resource.region).fullmatch(text):
            yield f"{name} {shown(text)} is of no known form"
            return
    yield from _misnamed(resource, form)
    if resource.endpoint and not _is_endpoint(resource.endpoint):
        yield f"endpoint {shown(resource.endpoint)} is no host with a port"
    for name in resource.server_names:
        if not _NAME.fullmatch(name):
            yield f"server name {shown(name)} is no name"


def _misnamed(resource: CloudResource, form: SlotForm) -> Iterator[str]:
    """Names of its own are those that its id tells; it has none, where they are its certificate's."""
    own = _own_name(resource, form)
    if own is not None:
        try:
            agreed = resource.domains == (normalize(own),)
        except NotAHostNameError:
            agreed = False
        if not agreed:
            yield f"it is of {shown(own)}, not of {shown(', '.join(resource.domains) or 'no name')}"
    if resource.domains_of_certificate is not (own is None and form.names in (Names.CAS, Names.LEAF)):
        yield "whether it has names of its own is told by its kind"


def _is_endpoint(text: str) -> bool:
    found = _ENDPOINT.fullmatch(text) if len(text) <= _LONGEST else None
    return found is not None and 0 < int(found[1]) < 65536


@lru_cache(maxsize=256)
def _compiled(pattern: str, region: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(REGION, re.escape(region)), re.ASCII if REGION in pattern else 0)
