"""What the description of a CLB listener (DescribeLoadBalancerHTTPSListenerAttribute) tells of a slot."""

from typing import Any, Final

from shared.domain.resources import CloudResource, SlotRole

Answer = dict[str, Any]
_CLUSTER_TAGS = ("ack.aliyun.com", "kubernetes.do.not.delete")
#: Of a listener's description: what is no setting, or moves by itself.
_VOLATILE = ("RequestId", "Status", "SecurityStatus", "DomainExtensions")
#: What can be read but not set: not sent back when settings are restored.
NOT_SET: Final = frozenset({"BackendServerPort", "AclIds", "Rules", "Tags", "ListenerPort", "LoadBalancerId"})


def extensions(listener: Answer) -> list[Answer]:
    found: list[Answer] = (listener.get("DomainExtensions") or {}).get("DomainExtension") or []
    return found


def extension(resource: CloudResource, listener: Answer) -> Answer:
    """The slot's own; empty where it is gone."""
    domain = resource.resource_id.rpartition("/")[2]
    return next((row for row in extensions(listener) if row["Domain"] == domain), {})


def bound(resource: CloudResource, listener: Answer) -> str | None:
    """The store's id of the certificate on the slot; "" for none, None if there is no such slot."""
    if resource.role is SlotRole.DEFAULT:
        return listener.get("ServerCertificateId") or ""
    found = extension(resource, listener)
    return (found.get("ServerCertificateId") or "") if found else None


def settings(resource: CloudResource, listener: Answer) -> Answer:
    """Everything but the slot's own certificate, which is to change; of the others, that there is one:
    which one it is may change with a slot of the same job."""
    kept = {name: value for name, value in listener.items() if name not in _VOLATILE}
    default = kept.pop("ServerCertificateId", None)
    there = {row["Domain"]: bool(row.get("ServerCertificateId")) for row in extensions(listener)}
    if resource.role is SlotRole.DEFAULT:
        return kept | {"Certificates": there}
    there.pop(extension(resource, listener).get("Domain", ""), None)
    return kept | {"Certificates": there | {"default": bool(default)}}


def obstacle(balancer: Answer, listener: Answer) -> str:
    """Why nothing can be deployed to the listener."""
    tags = {tag["TagKey"]: tag.get("TagValue", "") for tag in (balancer.get("Tags") or {}).get("Tag") or ()}
    owner = next((tags[key] for key in _CLUSTER_TAGS if key in tags), None)
    if owner is not None:
        return f"cluster {owner} manages it; deploy through the cluster"
    if balancer.get("LoadBalancerStatus", "active") != "active":
        return f"the load balancer is {balancer['LoadBalancerStatus']}; bring it into service first"
    return "the listener is stopped; start it first" if listener.get("Status") == "stopped" else ""
