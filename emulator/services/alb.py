"""ALB 2020-06-16: load balancers per region, and the certificates on their listeners.

A change is a job: the listener is `Configuring` and certificates `Associating`/`Diassociating`
until it has settled; the edge serves the former ones so long. A listener takes one change at once.
Codes are documented for ALB or, for the same fault, on NLB's pages; where neither, marked guessed.
Not emulated: rules, server groups, ACLs, CA certificates, QUIC upgrade settings.
"""

from __future__ import annotations

from typing import Any

from emulator.api import Answer, ApiError, Call, EmulatedService
from emulator.bundles import Bundle
from emulator.estate import Estate, reaches
from emulator.services import _alb_model as words
from emulator.services._alb_model import Certificates, Job, Listener, LoadBalancer, build, choose
from emulator.services._paging import asked, page

MOST_PER_CALL = 20
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


class Service(EmulatedService):
    api = "alb"
    version = "2020-06-16"
    ram = "alb"
    hosts = ("alb.{region}.aliyuncs.com", "alb-vpc.{region}.aliyuncs.com")

    def __init__(self, cloud: Any) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []
        self._balancers: list[LoadBalancer] = []
        self._jobs: dict[str, Job] = {}
        self._tokens: dict[str, tuple[object, str]] = {}  #: ClientToken -> the change, its job

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        self._balancers = build(estate)

    def uses(self, identifier: str) -> bool:
        return any(identifier in row.certificates.value.all for row in self._all_listeners())

    def slots(self) -> list[tuple[str, str]]:
        """Each listener without a server name (its default), and each name that it knows."""
        return [
            (listener.address, name)
            for listener in self._all_listeners()
            if listener.protocol != "HTTP" and listener.balancer.address_type == "Internet"
            for name in dict.fromkeys(
                ["", *(n.replace("*", "any", 1) for b in self._bundles(listener) for n in b.names)]
            )
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At `dns name:port` of a public load balancer; never without it, as names say nothing."""
        listener = next((row for row in self._all_listeners() if row.address == host), None)
        if listener is None or listener.balancer.address_type != "Internet":
            return None
        if listener.protocol == "HTTP" or listener.status != "Running":
            return ()
        return choose(self._bundles(listener), server_name)

    def DescribeRegions(self, call: Call) -> Answer:
        return {
            "Regions": [
                {
                    "RegionId": region,
                    "LocalName": region,
                    "RegionEndpoint": f"alb.{region}.aliyuncs.com",
                }
                for region in self._regions
            ]
        }

    def ListLoadBalancers(self, call: Call) -> Answer:
        params = call.params
        rows = [
            words.balancer_item(row)
            for row in self._here(call)
            if asked(params, "LoadBalancerIds", row.id)
            and asked(params, "LoadBalancerNames", row.name)
            and params.get("AddressType") in (None, row.address_type)
            and all(row.tags.get(tag["Key"]) == tag.get("Value") for tag in params.get("Tag", []))
        ]
        return page(call.params, "LoadBalancers", rows)

    def ListListeners(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        rows = [
            words.listener_item(row, now)
            for row in self._listeners(call)
            if asked(params, "LoadBalancerIds", row.balancer.id)
            and asked(params, "ListenerIds", row.id)
            and params.get("ListenerProtocol") in (None, row.protocol)
        ]
        return page(call.params, "Listeners", rows)

    def ListListenerCertificates(self, call: Call) -> Answer:
        rows = words.certificate_items(self._listener(call), self.cloud.clock())
        if call.params.get("CertificateType", "Server") != "Server":
            rows = []
        rows = [row for row in rows if asked(call.params, "CertificateIds", row["CertificateId"])]
        return page(call.params, "Certificates", rows)

    def GetListenerAttribute(self, call: Call) -> Answer:
        return words.listener_attribute(self._listener(call), self.cloud.clock())

    def ListAsynJobs(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        rows = [
            job.words(now)
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
        return page(call.params, "Jobs", rows)

    def UpdateListenerAttribute(self, call: Call) -> Answer:
        listener, params = self._listener(call), call.params
        if ignored := sorted(NOT_EMULATED & set(params)):
            raise ApiError(501, "NotEmulated", f"{', '.join(ignored)}: not emulated.")
        if done := self._done_before(call):
            return done
        self._changeable(listener, "IncorrectStatus.Listener")
        wanted = listener.certificates.value
        if "Certificates" in params:
            identifiers = self._identifiers(call, listener, most=1)
            if identifiers[0] in wanted.additional:
                raise _already_associated(identifiers[0])
            wanted = Certificates(identifiers[0], wanted.additional)
        job = self._start(call, listener, wanted, "Update")
        listener.attributes |= {name: params[name] for name in PLAIN_ATTRIBUTES & set(params)}
        return job

    def AssociateAdditionalCertificatesWithListener(self, call: Call) -> Answer:
        listener = self._listener(call)
        if done := self._done_before(call):
            return done
        self._changeable(listener, "ResourceInConfiguring.Listener")
        now = listener.certificates.value
        identifiers = self._identifiers(call, listener, most=MOST_PER_CALL)
        if now.default is None:  # [guess]
            raise ApiError(400, "IncorrectStatus.Listener", "The listener has no default yet.")
        for identifier in identifiers:
            if identifier in now.all:
                raise _already_associated(identifier)
        balancer = listener.balancer
        if balancer.additional_in_use + len(identifiers) > words.QUOTA[balancer.edition]:
            raise ApiError(  # the class is documented, the last part guessed
                400, "QuotaExceeded.LoadBalancerCertificatesNum", "The quota is exceeded."
            )
        wanted = Certificates(now.default, now.additional + tuple(identifiers))
        return self._start(call, listener, wanted, "Associate")

    def DissociateAdditionalCertificatesFromListener(self, call: Call) -> Answer:
        listener = self._listener(call)
        if done := self._done_before(call):
            return done
        self._changeable(listener, "ResourceInConfiguring.Listener")
        now, identifiers = listener.certificates.value, _listed(call, MOST_PER_CALL)
        for identifier in identifiers:
            if identifier == now.default:  # [guess] the code; the refusal is documented
                raise ApiError(
                    400, "OperationDenied.DefaultCertificate", "The default can only be replaced."
                )
            if identifier not in now.additional:
                raise ApiError(
                    400,
                    "ResourceNotAssociated.Certificate",
                    f"The specified resource {identifier} is not associated.",
                )
        return self._start(call, listener, now.without(set(identifiers)), "Dissociate")

    def _start(self, call: Call, listener: Listener, wanted: Certificates, kind: str) -> Answer:
        if call.params.get("DryRun"):
            raise ApiError(
                400, "DryRunOperation", "Request validation has been passed with DryRun flag set."
            )
        now = self.cloud.clock()
        ends = words.settles(now, self.cloud.settle_s)
        listener.certificates.set(wanted, now=now, until=ends)
        job = Job(call.request_id.lower(), call.action, kind, listener.id, call.region, now, ends)
        self._jobs[job.id] = job
        if token := call.params.get("ClientToken"):
            self._tokens[token] = (_change(call), job.id)
        return {"JobId": job.id}

    def _done_before(self, call: Call) -> Answer | None:
        """The first answer again, if this ClientToken has made the very same change before."""
        change, job_id = self._tokens.get(call.params.get("ClientToken", ""), (None, ""))
        if change is None:
            return None
        if change != _change(call):
            raise ApiError(
                400,
                "IdempotenceSignatureMismatch",
                "The idempotence token of request is same with the prev one, "
                "but the signature is different.",
            )
        return {"JobId": job_id}

    def _changeable(self, listener: Listener, busy: str) -> None:
        if listener.balancer.managed:
            raise ApiError(
                400, "OperationDenied.ServiceManagedResource", "The resource is managed by ACK."
            )
        if not listener.certificates.settled(self.cloud.clock()):
            raise ApiError(400, busy, f"The listener {listener.id} is being configured.")
        if listener.protocol == "HTTP":  # [guess] the code
            raise ApiError(400, "InvalidParameter.ListenerProtocol", "HTTP has no certificates.")

    def _identifiers(self, call: Call, listener: Listener, *, most: int) -> list[str]:
        cas, found = self.cloud.service("cas"), _listed(call, most)
        for identifier in found:
            row = cas.find(identifier)
            if row is None or not row.deployable or not reaches(row.store, call.region):
                raise ApiError(
                    404,
                    "ResourceNotFound.Certificate",
                    f"The specified resource {identifier} is not found.",
                )
        return found

    def _bundles(self, listener: Listener) -> list[Bundle]:
        """What the edge has: the default first."""
        cas = self.cloud.service("cas")
        served = listener.certificates.served(self.cloud.clock())
        return [row.bundle for identifier in served.all if (row := cas.find(identifier))]

    def _here(self, call: Call) -> list[LoadBalancer]:
        return [row for row in self._balancers if row.region == call.region]

    def _listeners(self, call: Call) -> list[Listener]:
        return [listener for row in self._here(call) for listener in row.listeners]

    def _all_listeners(self) -> list[Listener]:
        return [listener for row in self._balancers for listener in row.listeners]

    def _listener(self, call: Call) -> Listener:
        wanted = call.params["ListenerId"]
        for listener in self._listeners(call):
            if listener.id == wanted:
                return listener
        raise ApiError(
            404, "ResourceNotFound.Listener", f"The specified resource {wanted} is not found."
        )


def _already_associated(identifier: str) -> ApiError:
    return ApiError(
        400,
        "ResourceAlreadyAssociated.Certificate",
        f"The specified resource {identifier} is already associated.",
    )


def _listed(call: Call, most: int) -> list[str]:
    found = [str(item.get("CertificateId", "")) for item in call.params["Certificates"]]
    if not 1 <= len(found) <= most or len(set(found)) != len(found):
        raise ApiError(
            400, "IllegalParamSize.Certificates", f"Takes 1 to {most} different certificates."
        )
    return found


def _change(call: Call) -> object:
    return call.action, call.region, repr(sorted(call.params.items()))
