"""How each of ALB's calls words load balancers, listeners and jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulator.services.kit.listener_model import CREATED, Job, Listener, LoadBalancer, resource_id


def balancer_item(balancer: LoadBalancer) -> dict[str, Any]:
    """An item of ListLoadBalancers."""
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "LoadBalancerStatus": "Active",
        "LoadBalancerBussinessStatus": "Normal",
        "LoadBalancerEdition": balancer.edition,
        "LoadBalancerOperationLocks": [],
        "AddressType": balancer.address_type,
        "AddressAllocatedMode": "Dynamic",
        "AddressIpVersion": "IPv4",
        "DNSName": balancer.dns_name,
        "CreateTime": f"{CREATED:%Y-%m-%dT%H:%M:%SZ}",
        "DeletionProtectionConfig": {"Enabled": False},
        "ModificationProtectionConfig": {"Status": "NonProtection"},
        "LoadBalancerBillingConfig": {"PayType": "PostPay"},
        "ResourceGroupId": "rg-default",
        "VpcId": resource_id("vpc", balancer.region),
        "Tags": [{"Key": key, "Value": value} for key, value in balancer.tags.items()],
    }


def listener_item(listener: Listener, now: datetime) -> dict[str, Any]:
    """An item of ListListeners: no certificate in it. GetListenerAttribute adds them."""
    item = {
        "ListenerId": listener.id,
        "ListenerPort": listener.port,
        "ListenerProtocol": listener.protocol,
        "ListenerStatus": listener.status_at(now),
        "LoadBalancerId": listener.balancer.id,
        "ListenerDescription": "",
        "GzipEnabled": True,
        "IdleTimeout": 15,
        "RequestTimeout": 60,
        "DefaultActions": [],
        "Tags": [],
    }
    if listener.protocol == "HTTPS":
        item |= {"Http2Enabled": True, "SecurityPolicyId": "tls_cipher_policy_1_0"}
    shown = {key: value for key, value in listener.attributes.items() if key != "CaEnabled"}
    return item | shown


def listener_attribute(listener: Listener, now: datetime) -> dict[str, Any]:
    """GetListenerAttribute. `Certificates` holds the default one only."""
    default = listener.certificates.value.default
    return listener_item(listener, now) | {
        "CaEnabled": listener.attributes.get("CaEnabled", False),
        "CaCertificates": [],
        "Certificates": [{"CertificateId": default}] if default else [],
    }


def job_item(job: Job, now: datetime) -> dict[str, Any]:
    """An item of ListAsynJobs."""
    done = now >= job.ends
    return {
        "Id": job.id,
        "ApiName": job.api_name,
        "OperateType": job.operate_type,
        "ResourceType": "listener",
        "ResourceId": job.listener_id,
        "Status": "Succeeded" if done else "Processing",
        "CreateTime": _ms(job.created),
        "ModifyTime": _ms(job.ends if done else job.created),
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
