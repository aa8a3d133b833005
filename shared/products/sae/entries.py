"""An SAE routing rule, as DescribeIngress tells it: its settings, and its certificates.

On ALB it has a list of them (`CertIds`), one slot per entry.
"""

from collections.abc import Mapping
from typing import Any

from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Settings
from shared.products.kit.settings import sorted_lists

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


def _raw(ingress: Fields) -> list[str]:
    told = ",".join(ingress.texts("CertIds"))
    return [text for part in told.split(",") if (text := part.strip())]


def listed(ingress: Fields) -> list[str]:
    return [identifier_of(text) for text in _raw(ingress)]


def beside(resource: CloudResource, ingress: Fields, new: str) -> Settings:
    """What can be set of it, and as `Entries` its list, with "" for the slot's entry, before or after.

    The order of its rules for requests has no meaning, that of the list has: the first is the default.
    """
    own = (resource.cert_identifier, new)
    return {
        **{name: ingress.get(name) for name in (*SETTABLE, "CorsConfig")},
        "DefaultRule": _route(ingress.part("DefaultRule")),
        "Rules": sorted_lists([_route(rule) for rule in ingress.rows("Rules")]),
        "Entries": list(dict.fromkeys("" if identifier_of(text) in own else text for text in _raw(ingress))),
    }


def _route(rule: Fields) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name in _ROUTE}


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
