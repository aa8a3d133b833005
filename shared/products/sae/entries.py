"""An SAE routing rule, as DescribeIngress tells it: its settings, and its certificates.

On ALB it has a list of them (`CertIds`), one slot per entry.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Change, Settings
from shared.products.kit.settings import in_one_order

#: Settings that DescribeIngress tells under the name by which UpdateIngress takes them.
SETTABLE = (
    "Description",
    "EnableGzip",
    "EnableXForwardedFor",
    "EnableXForwardedForClientSrcPort",
    "EnableXForwardedForProto",
    "EnableXForwardedForSlbId",
    "EnableXForwardedForSlbPort",
    "IdleTimeout",
    "RequestTimeout",
    "SecurityPolicyId",
)


#: What a rule for requests says that its owner sets; the name of its application may change by itself.
_ROUTE = frozenset(
    {"AppId", "BackendProtocol", "ContainerPort", "Domain", "Path", "RewritePath", "RuleActions"}
)


def named(ingress: Fields) -> list[str]:
    """The certificates of its list, as it names them."""
    told = ",".join(ingress.texts("CertIds"))
    return [text for part in told.split(",") if (text := part.strip())]


def listed(ingress: Fields) -> list[str]:
    return [identifier_of(text) for text in named(ingress)]


def beside(change: Change, ingress: Fields) -> Settings:
    """What can be set of it, and as `Entries` its list, with "" for the slot's entry, before or after.

    The order of its rules for requests has no meaning, that of the list has: the first is the default. What
    the job has put in the place of other entries since is no change of the list.
    """
    own, there = _own(change), named(ingress)
    now = list(dict.fromkeys("" if identifier_of(text) in own else text for text in there))
    was = (change.before or {}).get("Entries")
    if was is not None and _followed(change, was) == _followed(change, there):
        now = was
    return {
        **{name: ingress.get(name) for name in (*SETTABLE, "CorsConfig")},
        "DefaultRule": _route(ingress.part("DefaultRule")),
        "Rules": in_one_order([_route(rule) for rule in ingress.rows("Rules")]),
        "Entries": now,
    }


def _own(change: Change) -> tuple[str, ...]:
    """What the slot's entry is, before or after."""
    return change.resource.cert_identifier, change.wanted.identifier if change.wanted else ""


def _moved(change: Change, text: str) -> str:
    """What the job has put in the place of another slot's entry, or the entry as it is."""
    return change.moved.get(identifier_of(text), text) if text else ""


def _followed(change: Change, texts: Iterable[str]) -> list[str]:
    """The certificates of a list, those of the job's other slots as they are now or are to be."""
    own = ("", *_own(change))
    moved = [identifier_of(text) if text else "" for text in (_moved(change, one) for one in texts)]
    return list(dict.fromkeys("" if one in own else one for one in moved))


def _route(rule: Fields) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name in _ROUTE}


def exchanged(slot: CloudResource, there: Sequence[str], identifier: str) -> str:
    """The list with this one as the slot's entry: the others as they are."""
    if slot.cert_identifier not in map(identifier_of, there):
        raise CloudRejectedError("UpdateIngress", "NotFound", f"{slot.slot} has no entry in its rule")
    own = (slot.cert_identifier, identifier)
    return ",".join(dict.fromkeys(identifier if identifier_of(one) in own else one for one in there))


def as_before(change: Change) -> str:
    """The list as it was, with what the job has put there for its other slots."""
    before = (change.before or {}).get("Entries", [])
    return ",".join(dict.fromkeys(_moved(change, one) or change.resource.cert_identifier for one in before))


def entry(slot: CloudResource, bound: list[str], identifier: str) -> CloudResource:
    """The first of the list is shown as the default: likely, and only shown."""
    return slot.evolve(
        role=SlotRole.DEFAULT if bound[0] == identifier else SlotRole.ADDITIONAL,
        cert_identifier=identifier,
        resource_id=f"{slot.listener_id}/{identifier}",
    )
