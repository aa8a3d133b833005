"""ALB 2020-06-16: load balancers per region, and the certificates on their listeners.

Codes are documented for ALB or, for the same fault, on NLB's pages; where neither, marked guessed.
Not emulated: rules, server groups, ACLs, CA certificates, QUIC upgrade settings.
"""

from __future__ import annotations

from collections.abc import Sequence

from emulator.api import Answer, ApiError, Call
from emulator.estate import Estate
from emulator.sections.alb import LoadBalancer as Row
from emulator.sections.sae import Ingress, on_alb
from emulator.services.alb import responses
from emulator.services.kit.listener_model import Certificates, Listener, LoadBalancer, settles
from emulator.services.kit.listeners import ListenerService
from emulator.services.kit.paging import asked, page

PLAIN_ATTRIBUTES = frozenset(
    {
        "CaEnabled",
        "GzipEnabled",
        "Http2Enabled",
        "IdleTimeout",
        "ListenerDescription",
        "RequestTimeout",
        "SecurityPolicyId",
    }
)
NOT_EMULATED = frozenset({"CaCertificates", "DefaultActions", "QuicConfig", "XForwardedForConfig"})
#: Additional certificates of one instance, default certificates not counted.
QUOTA = {"Basic": 10, "Standard": 25, "StandardWithWaf": 25}


class Service(ListenerService):
    section = Row
    api = "alb"
    version = "2020-06-16"
    ram = "alb"
    busy = ((400, "-21013"), (400, "LockFailed"))
    hosts = ("alb.{region}.aliyuncs.com", "alb-vpc.{region}.aliyuncs.com")
    listener_word = "Listener"
    kind_word = "CertificateType"
    tls = frozenset({"HTTPS", "QUIC"})
    most_per_call = 20

    def rows(self, estate: Estate) -> list[Row]:
        return on_alb(estate.of(Row), estate.of(Ingress))

    def overwrite(self, balancer_id: str, port: int, identifiers: Sequence[str]) -> None:
        """A routing rule of SAE has its listener carry these, whatever it carries; as any change settles."""
        now, wanted = self.cloud.clock(), Certificates(identifiers[0], tuple(identifiers[1:]))
        for listener in self._all_listeners():
            there = (listener.balancer.id, listener.port) == (balancer_id, port)
            if there and listener.certificates.value != wanted:
                listener.certificates.set(wanted, now=now, until=settles(now, self.cloud.settle_s))

    def quota(self, balancer: LoadBalancer) -> int:
        return QUOTA[balancer.edition]

    def balancer_item(self, balancer: LoadBalancer) -> Answer:
        return responses.balancer_item(balancer)

    def listener_item(self, listener: Listener) -> Answer:
        return responses.listener_item(listener, self.cloud.clock())

    def GetListenerAttribute(self, call: Call) -> Answer:
        return responses.listener_attribute(self.find(call), self.cloud.clock())

    def ListAsynJobs(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        rows = [
            responses.job_item(job, now)
            for job in self._jobs.values()
            if job.region == call.region
            and asked(params, "JobIds", job.id)
            and asked(params, "ResourceIds", job.listener_id)
            and params.get("ResourceType") in (None, "listener")
            and params.get("ApiName") in (None, job.api_name)
        ]
        rows = [
            row
            for row in rows
            if params.get("BeginTime", 0) <= row["CreateTime"] <= params.get("EndTime", 1 << 62)
        ]
        return page(params, "Jobs", rows)

    def UpdateListenerAttribute(self, call: Call) -> Answer:
        if ignored := sorted(NOT_EMULATED & set(call.params)):
            raise ApiError(501, "NotEmulated", f"{', '.join(ignored)}: not emulated.")
        wanted = _listed(call) if "Certificates" in call.params else None
        return self.update(call, wanted, PLAIN_ATTRIBUTES)

    def AssociateAdditionalCertificatesWithListener(self, call: Call) -> Answer:
        return self.associate(call, _listed(call))

    def DissociateAdditionalCertificatesFromListener(self, call: Call) -> Answer:
        return self.dissociate(call, _listed(call))


def _listed(call: Call) -> list[str]:
    return [str(item.get("CertificateId", "")) for item in call.params["Certificates"]]
