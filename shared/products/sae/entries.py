"""An SAE routing rule, as DescribeIngress tells it: its settings, and its certificates.

On ALB it has a list of them (`CertIds`), one slot per entry.
"""

from typing import Any

from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError

Answer = dict[str, Any]
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


def _raw(ingress: Answer) -> list[str]:
    return [text for part in (ingress.get("CertIds") or "").split(",") if (text := part.strip())]


def listed(ingress: Answer) -> list[str]:
    return [identifier_of(text) for text in _raw(ingress)]


def exchanged(resource: CloudResource, ingress: Answer, new: str) -> str:
    """The list with the slot's entry exchanged: the others as they were, in their order."""
    old = resource.cert_identifier
    if not old or old not in listed(ingress):
        raise CloudRejectedError("UpdateIngress", "NotFound", f"{resource.slot} carries {old} no more")
    texts = (new if identifier_of(text) in (old, new) else text for text in _raw(ingress))
    return ",".join(dict.fromkeys(texts))


def beside(resource: CloudResource, ingress: Answer, new: str) -> Answer:
    """The rule, and as `Entries` its list without what the slot's entry says, before or after."""
    own = (resource.cert_identifier, new)
    return {
        **ingress,
        "Entries": list(dict.fromkeys("" if identifier_of(t) in own else t for t in _raw(ingress))),
    }


def entry(slot: CloudResource, bound: list[str], identifier: str) -> CloudResource:
    """The first of the list is shown as the default: likely, and only shown."""
    return slot.evolve(
        role=SlotRole.DEFAULT if bound[0] == identifier else SlotRole.ADDITIONAL,
        cert_identifier=identifier,
        resource_id=f"{slot.listener_id}/{identifier}",
    )
