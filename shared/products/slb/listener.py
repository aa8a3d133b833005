"""What the description of a CLB listener (DescribeLoadBalancerHTTPSListenerAttribute) tells of a slot."""

from collections.abc import Mapping
from typing import Any, Final

from shared.cloud.reading import Fields
from shared.domain.resources import CloudResource, SlotRole
from shared.products.kit.changes import Settings
from shared.products.kit.clusters import obstacle as cluster_obstacle

_CLUSTER_TAGS: Final = ("ack.aliyun.com", "kubernetes.do.not.delete")
_CHECKED: Final = (
    "HealthCheckConnectPort",
    "HealthCheckDomain",
    "HealthCheckHttpCode",
    "HealthCheckInterval",
    "HealthCheckMethod",
    "HealthCheckTimeout",
    "HealthCheckURI",
    "HealthyThreshold",
    "UnhealthyThreshold",
)
#: What SetLoadBalancerHTTPSListenerAttribute sets, by the name that the description has for it too.
SETTABLE: Final = (
    *("AclStatus", "AclType", "Bandwidth", "CACertificateId", "Cookie", "CookieTimeout", "Description"),
    *("EnableHttp2", "Gzip", "HealthCheck", *_CHECKED, "IdleTimeout", "RequestTimeout", "Scheduler"),
    *("StickySession", "StickySessionType", "TLSCipherPolicy", "VServerGroupId"),
    *("XForwardedFor", "XForwardedFor_ClientSrcPort", "XForwardedFor_SLBID", "XForwardedFor_SLBIP"),
    *("XForwardedFor_SLBPORT", "XForwardedFor_proto"),
)
#: Settings that mean something only where another one has this value.
_ONLY_WITH: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(_CHECKED, ("HealthCheck", "on")),
    **dict.fromkeys(("AclId", "AclType"), ("AclStatus", "on")),
    "StickySessionType": ("StickySession", "on"),
    "Cookie": ("StickySessionType", "server"),
    "CookieTimeout": ("StickySessionType", "insert"),
}
#: Values by which the product says "as if it were not set"; some of its instances refuse to be told them.
_UNSET: Final = {"HealthCheckConnectPort": "-520", "TLSCipherPolicy": "tls_cipher_policy_1_0"}
#: What is compared, and calls of their own set.
APART: Final = frozenset({"Certificates", "Rules"})
#: What shows the certificates, or settings under another name.
SHOWN: Final = ("AclId", "AclIds", "DomainExtensions", "Rules", "ServerCertificateId")
#: What tells a forwarding rule apart, and where it leads.
_RULE: Final = ("RuleId", "Domain", "Url", "VServerGroupId")


def extensions(listener: Fields) -> list[Fields]:
    return listener.rows("DomainExtensions", "DomainExtension")


def rules(listener: Fields) -> list[Fields]:
    return listener.rows("Rules", "Rule")


def extension(resource: CloudResource, listener: Fields) -> Fields:
    """The slot's own; empty where it is gone."""
    domain = resource.resource_id.rpartition("/")[2]
    found = (row for row in extensions(listener) if row.needed("Domain") == domain)
    return next(found, Fields(source=listener.source))


def bound(resource: CloudResource, listener: Fields) -> str | None:
    """The store's id of the certificate on the slot; "" for none, None if there is no such slot."""
    if resource.role is SlotRole.DEFAULT:
        return listener.text("ServerCertificateId")
    found = extension(resource, listener)
    return found.text("ServerCertificateId") if found else None


def all_bound(listener: Fields) -> dict[str, str]:
    """The store's ids of all its certificates, by the last part of their slots' names."""
    own = {row.needed("Domain"): row.text("ServerCertificateId") for row in extensions(listener)}
    return {"default": listener.text("ServerCertificateId"), **own}


def settings(resource: CloudResource, listener: Fields) -> Settings:
    """What can be set of the listener, but for the slot's own certificate, which is to change; of the
    others, that there is one: which one it is may change with a slot of the same job."""
    acls = {*listener.texts("AclIds", "AclId"), *filter(None, listener.text("AclId").split(","))}
    told = {name: listener.text(name) for name in SETTABLE} | {"AclId": ",".join(sorted(acls))}
    there = {row.needed("Domain"): bool(row.text("ServerCertificateId")) for row in extensions(listener)}
    if resource.role is not SlotRole.DEFAULT:
        there.pop(extension(resource, listener).text("Domain"), None)
        there["default"] = bool(listener.text("ServerCertificateId"))
    return {
        **{name: value for name, value in told.items() if value},
        "Certificates": there,
        "Rules": sorted([row.text(name) for name in _RULE] for row in rules(listener)),
    }


def sent_again(settings: Settings) -> dict[str, str]:
    """What goes along with a certificate: every setting that has a value, since others may be reset."""
    told = {name: settings.get(name) for name in (*SETTABLE, "AclId")}
    given = {
        name: str(value)
        for name, value in told.items()
        if value not in (None, "", _UNSET.get(name)) and _applies(name, told)
    }
    return given | ({"VServerGroup": "on"} if "VServerGroupId" in given else {})


def _applies(name: str, told: Mapping[str, Any]) -> bool:
    other, value = _ONLY_WITH.get(name, ("", None))
    return not other or (told.get(other) == value and _applies(other, told))


def obstacle(balancer: Fields, listener: Fields) -> str:
    """Why nothing can be deployed to the listener."""
    tags = {tag.text("TagKey"): tag.text("TagValue") for tag in balancer.rows("Tags", "Tag")}
    if owned := cluster_obstacle(tags, _CLUSTER_TAGS, listener.text("Description")):
        return owned
    status = balancer.text("LoadBalancerStatus") or "active"
    if status != "active":
        return f"the load balancer is {status}; bring it into service first"
    return "the listener is stopped; start it first" if listener.text("Status") == "stopped" else ""
