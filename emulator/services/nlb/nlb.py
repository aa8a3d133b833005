"""NLB 2022-04-30: load balancers per region, and the certificates on their TCPSSL listeners.

Codes end in `listener` where ALB's end in `Listener`. That an additional certificate is refused as
the default, and which one is served, is taken from ALB [guess].
Not emulated: server groups, security policies of one's own, CA certificates, other resources' jobs.
"""

from __future__ import annotations

import json
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.estate import Estate
from emulator.sections.nlb import LoadBalancer as Row
from emulator.services.kit.listener_model import CREATED, Listener, LoadBalancer, resource_id
from emulator.services.kit.listeners import ListenerService
from emulator.services.kit.paging import asked
from emulator.strangers import without

PLAIN_ATTRIBUTES = frozenset(
    {
        "AlpnEnabled",
        "AlpnPolicy",
        "CaEnabled",
        "Cps",
        "IdleTimeout",
        "ListenerDescription",
        "Mss",
        "ProxyProtocolEnabled",
        "SecSensorEnabled",
        "SecurityPolicyId",
        "ServerGroupId",
    }
)
#: What a new listener is set to.
SETTINGS: dict[str, Any] = {
    "AlpnEnabled": False,
    "AlpnPolicy": "",
    "CaEnabled": False,
    "Cps": 0,
    "IdleTimeout": 900,
    "ListenerDescription": "",
    "Mss": 0,
    "ProxyProtocolEnabled": False,
    "ProxyProtocolV2Config": {
        "Ppv2PrivateLinkEpIdEnabled": False,
        "Ppv2PrivateLinkEpsIdEnabled": False,
        "Ppv2VpcIdEnabled": False,
    },
    "SecSensorEnabled": False,
    "SecurityPolicyId": "tls_cipher_policy_1_0",
}
NOT_EMULATED = frozenset({"CaCertificateIds"})
QUOTA = 25  #: additional certificates of one instance


class Service(ListenerService):
    section = Row
    api = "nlb"
    version = "2022-04-30"
    ram = "nlb"
    busy = ((400, "OperationFailed.ResourceIsConfiguring"),)
    hosts = ("nlb.{region}.aliyuncs.com", "nlb-vpc.{region}.aliyuncs.com")
    listener_word = "listener"
    balancer_word = "loadbalancer"
    kind_word = "CertType"
    tls = frozenset({"TCPSSL"})
    most_per_call = 15
    certificates_per_page = 50

    def load(self, estate: Estate) -> None:
        super().load(estate)
        for listener in self._all_listeners():
            group = {"ServerGroupId": resource_id("sgp", listener.id)}
            listener.attributes = {**SETTINGS, **group, **listener.attributes}

    def quota(self, balancer: LoadBalancer) -> int:
        return QUOTA

    def balancer_item(self, balancer: LoadBalancer) -> Answer:
        return {
            "LoadBalancerId": balancer.id,
            "LoadBalancerName": balancer.name,
            "LoadBalancerStatus": "Active",
            "LoadBalancerBusinessStatus": "Normal",
            "LoadBalancerType": "Network",
            "OperationLocks": [],
            "AddressType": balancer.address_type,
            "AddressIpVersion": "ipv4",
            "CrossZoneEnabled": True,
            "DNSName": balancer.dns_name,
            "CreateTime": f"{CREATED:%Y-%m-%dT%H:%M:%SZ}",
            "DeletionProtectionConfig": {"Enabled": False},
            "ModificationProtectionConfig": {"Status": "NonProtection"},
            "LoadBalancerBillingConfig": {"PayType": "PostPay"},
            "RegionId": balancer.region,
            "ResourceGroupId": "rg-default",
            "VpcId": resource_id("vpc", balancer.region),
            "Tags": [{"Key": key, "Value": value} for key, value in balancer.tags.items()],
        }

    def balancer_attribute(self, balancer: LoadBalancer) -> Answer:
        """Tags are worded otherwise than in a list."""
        tags = [{"TagKey": key, "TagValue": value} for key, value in balancer.tags.items()]
        return {**super().balancer_attribute(balancer), "Cps": 0, "Tags": tags}

    def listener_item(self, listener: Listener) -> Answer:
        """The default certificate is shown, additional ones are not."""
        default = listener.certificates.value.default
        settings = dict(listener.attributes)
        if listener.protocol in self.tls:
            settings |= {"CaCertificateIds": [], "CertificateIds": [default] if default else []}
        else:
            settings = {
                name: value
                for name, value in settings.items()
                if name not in ("CaEnabled", "SecurityPolicyId")
            }
        return {
            "ListenerId": listener.id,
            "ListenerPort": listener.port,
            "ListenerProtocol": listener.protocol,
            "ListenerStatus": listener.status_at(self.cloud.clock()),
            "LoadBalancerId": listener.balancer.id,
            "RegionId": listener.balancer.region,
            "Tags": [],
            **settings,
        }

    def ListListenerCertificates(self, call: Call) -> Answer:
        answer = super().ListListenerCertificates(call)
        return answer | {"CertificateIds": [row["CertificateId"] for row in answer["Certificates"]]}

    def GetListenerAttribute(self, call: Call) -> Answer:
        return self.listener_item(self.find(call))

    def GetJobStatus(self, call: Call) -> Answer:
        job = self._jobs.get(call.params["JobId"])
        if job is None or job.region != call.region:  # [guess] the code
            raise ApiError(404, "ResourceNotFound.job", "The specified resource job is not found.")
        return {"Status": self._status(job)}

    def ListAsynJobs(self, call: Call) -> Answer:
        rows = [
            {"Id": job.id, "Status": self._status(job)}
            for job in self._jobs.values()
            if job.region == call.region and asked(call.params, "JobIds", job.id)
        ]
        return {"Jobs": rows, "TotalCount": len(rows)}

    def UpdateListenerAttribute(self, call: Call) -> Answer:
        if ignored := sorted(NOT_EMULATED & set(call.params)):
            raise ApiError(501, "NotEmulated", f"{', '.join(ignored)}: not emulated.")
        answer = self.update(call, call.params.get("CertificateIds"), PLAIN_ATTRIBUTES)
        attributes = self.find(call).attributes
        if told := call.params.get("ProxyProtocolV2Config"):
            attributes["ProxyProtocolV2Config"] = without(json.loads(told))
        self.forget(attributes)
        return answer

    def AssociateAdditionalCertificatesWithListener(self, call: Call) -> Answer:
        return self.associate(call, call.params["AdditionalCertificateIds"])

    def DisassociateAdditionalCertificatesWithListener(self, call: Call) -> Answer:
        return self.dissociate(call, call.params["AdditionalCertificateIds"])

    def _status(self, job: Any) -> str:
        """`Succeeded` has a capital letter, `processing` has none."""
        return "Succeeded" if self.cloud.clock() >= job.ends else "processing"
