"""An SAE routing rule, as DescribeIngress tells it: its settings, and its certificates.

On ALB it has a list of them (`CertIds`), one slot per entry.
"""

from collections.abc import Mapping
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


def beside(resource: CloudResource, ingress: Answer, new: str) -> Answer:
    """The rule, and as `Entries` its list, with "" for what the slot's entry says, before or after."""
    own = (resource.cert_identifier, new)
    others = {name: value for name, value in ingress.items() if name not in ("CertId", "CertIds")}
    entries = list(dict.fromkeys("" if identifier_of(text) in own else text for text in _raw(ingress)))
    return {**others, "Entries": entries}


def filled(slot: CloudResource, settings: Mapping[str, Any], identifier: str) -> str:
    """The list that `beside` told of, with this one as the slot's entry: the others as they were."""
    if "" not in settings["Entries"]:
        raise CloudRejectedError("UpdateIngress", "NotFound", f"{slot.slot} has no entry in its rule")
    return ",".join(text or identifier for text in settings["Entries"])


def entry(slot: CloudResource, bound: list[str], identifier: str) -> CloudResource:
    """The first of the list is shown as the default: likely, and only shown."""
    return slot.evolve(
        role=SlotRole.DEFAULT if bound[0] == identifier else SlotRole.ADDITIONAL,
        cert_identifier=identifier,
        resource_id=f"{slot.listener_id}/{identifier}",
    )
