"""What ALB and NLB do alike: list load balancers, and change the certificates of listeners by jobs.

A change is a job: the listener is `Configuring` and certificates `Associating`/`Diassociating`
until it has settled; the edge serves the former ones so long. A listener takes one change at once.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle
from emulator.estate import Estate, reaches
from emulator.sections.listeners import LoadBalancer as Row
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import listener_model as model
from emulator.services.kit.listener_model import Certificates, Job, Listener, LoadBalancer
from emulator.services.kit.paging import asked, page

MOST_IDS = 20  #: of load balancers, in one call


class ListenerService(EmulatedService):
    section: ClassVar[type[Row]]
    listener_word: ClassVar[str]  #: as codes end: "Listener", "listener"
    balancer_word: ClassVar[str] = "LoadBalancer"
    kind_word: ClassVar[str]  #: the filter of certificates by kind
    tls: ClassVar[frozenset[str]]  #: the protocols with certificates
    most_per_call: ClassVar[int]
    certificates_per_page: ClassVar[int] = 100

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []
        self._balancers: list[LoadBalancer] = []
        self._jobs: dict[str, Job] = {}
        self._tokens: dict[str, tuple[object, str]] = {}  #: ClientToken -> the change, its job

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        self._balancers = model.build(self.api, self.rows(estate), estate)

    def rows(self, estate: Estate) -> Sequence[Row]:
        """The estate's load balancers of this product."""
        return estate.of(self.section)

    def uses(self, identifier: str) -> bool:
        return any(identifier in row.certificates.value.all for row in self._all_listeners())

    def slots(self) -> list[tuple[str, str]]:
        """Each listener without a server name (its default), and each name that it knows."""
        return [
            (listener.address, name)
            for listener in self._all_listeners()
            if listener.protocol in self.tls and listener.balancer.address_type == "Internet"
            for name in dict.fromkeys(
                ["", *(n.replace("*", "any", 1) for b in self._bundles(listener) for n in b.names)]
            )
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At `dns name:port` of a public load balancer; never without it, as names say nothing."""
        listener = next((row for row in self._all_listeners() if row.address == host), None)
        if listener is None or listener.balancer.address_type != "Internet":
            return None
        if listener.protocol not in self.tls or listener.status != "Running":
            return ()
        return model.choose(self._bundles(listener), server_name)

    @abstractmethod
    def quota(self, balancer: LoadBalancer) -> int:
        """How many additional certificates an instance may have, default ones not counted."""

    @abstractmethod
    def balancer_item(self, balancer: LoadBalancer) -> Answer:
        """An item of ListLoadBalancers."""

    @abstractmethod
    def listener_item(self, listener: Listener) -> Answer:
        """An item of ListListeners."""

    def DescribeRegions(self, call: Call) -> Answer:
        return {
            "Regions": [
                {
                    "RegionId": region,
                    "LocalName": region,
                    "RegionEndpoint": f"{self.api}.{region}.aliyuncs.com",
                }
                for region in self._regions
            ]
        }

    def ListLoadBalancers(self, call: Call) -> Answer:
        params = call.params
        if len(params.get("LoadBalancerIds", ())) > MOST_IDS:
            raise ApiError(400, "IllegalParamSize.LoadBalancerIds", f"Takes {MOST_IDS} at most.")  # [guess]
        rows = [
            self.balancer_item(row)
            for row in self._here(call)
            if asked(params, "LoadBalancerIds", row.id)
            and asked(params, "LoadBalancerNames", row.name)
            and params.get("AddressType") in (None, row.address_type)
            and all(row.tags.get(tag["Key"]) == tag.get("Value") for tag in params.get("Tag", []))
        ]
        return page(params, "LoadBalancers", rows)

    def GetLoadBalancerAttribute(self, call: Call) -> Answer:
        wanted = call.params["LoadBalancerId"]
        for balancer in self._here(call):
            if balancer.id == wanted:
                return {**self.balancer_item(balancer), **self.balancer_attribute(balancer)}
        raise ApiError(
            404, f"ResourceNotFound.{self.balancer_word}", f"The specified resource {wanted} is not found."
        )

    def balancer_attribute(self, balancer: LoadBalancer) -> Answer:
        """What GetLoadBalancerAttribute tells and a list does not, or in other words."""
        zones = [
            {
                "ZoneId": f"{balancer.region}-{letter}",
                "VSwitchId": model.resource_id("vsw", balancer.region, letter),
                "Status": "Active",
                "LoadBalancerAddresses": [],
            }
            for letter in "ab"
        ]
        return {"RegionId": balancer.region, "SecurityGroupIds": [], "ZoneMappings": zones}

    def ListListeners(self, call: Call) -> Answer:
        params = call.params
        rows = [
            self.listener_item(row)
            for row in self._listeners(call)
            if asked(params, "LoadBalancerIds", row.balancer.id)
            and asked(params, "ListenerIds", row.id)
            and params.get("ListenerProtocol") in (None, row.protocol)
        ]
        return page(params, "Listeners", rows)

    def ListListenerCertificates(self, call: Call) -> Answer:
        rows = model.certificate_items(self.find(call), self.cloud.clock())
        if call.params.get(self.kind_word, "Server") != "Server":
            rows = []
        rows = [row for row in rows if asked(call.params, "CertificateIds", row["CertificateId"])]
        return page(call.params, "Certificates", rows, most=self.certificates_per_page)

    def update(self, call: Call, identifiers: Sequence[str] | None, plain: frozenset[str]) -> Answer:
        """UpdateListenerAttribute: the default certificate, if one is given, and `plain` attributes."""
        listener, params = self.find(call), call.params
        if done := self._done_before(call):
            return done
        self._changeable(listener, "IncorrectStatus")
        wanted = listener.certificates.value
        if identifiers is not None:
            self._check(call, identifiers, most=1)
            if identifiers[0] in wanted.additional:
                raise _already_associated(identifiers[0])
            wanted = Certificates(identifiers[0], wanted.additional)
        job = self._start(call, listener, wanted, "Update")
        listener.attributes |= {name: params[name] for name in plain & set(params)}
        return job

    def associate(self, call: Call, identifiers: Sequence[str]) -> Answer:
        listener = self.find(call)
        if done := self._done_before(call):
            return done
        self._changeable(listener, "ResourceInConfiguring")
        now = listener.certificates.value
        self._check(call, identifiers, most=self.most_per_call)
        if now.default is None:  # [guess]
            code = f"IncorrectStatus.{self.listener_word}"
            raise ApiError(400, code, "The listener has no default yet.")
        for identifier in identifiers:
            if identifier in now.all:
                raise _already_associated(identifier)
        balancer = listener.balancer
        if balancer.additional_in_use + len(identifiers) > self.quota(balancer):
            raise ApiError(  # the class is documented, the last part guessed
                400, "QuotaExceeded.LoadBalancerCertificatesNum", "The quota is exceeded."
            )
        wanted = Certificates(now.default, now.additional + tuple(identifiers))
        return self._start(call, listener, wanted, "Associate")

    def dissociate(self, call: Call, identifiers: Sequence[str]) -> Answer:
        listener = self.find(call)
        if done := self._done_before(call):
            return done
        self._changeable(listener, "ResourceInConfiguring")
        now = listener.certificates.value
        _sized(identifiers, self.most_per_call)
        for identifier in identifiers:
            if identifier == now.default:  # [guess] the code; the refusal is documented
                raise ApiError(400, "OperationDenied.DefaultCertificate", "The default can only be replaced.")
            if identifier not in now.additional:
                raise ApiError(
                    400,
                    "ResourceNotAssociated.Certificate",
                    f"The specified resource {identifier} is not associated.",
                )
        return self._start(call, listener, now.without(set(identifiers)), "Dissociate")

    def find(self, call: Call) -> Listener:
        """The listener that the call names."""
        wanted = call.params["ListenerId"]
        for listener in self._listeners(call):
            if listener.id == wanted:
                return listener
        code = f"ResourceNotFound.{self.listener_word}"
        raise ApiError(404, code, f"The specified resource {wanted} is not found.")

    def _start(self, call: Call, listener: Listener, wanted: Certificates, kind: str) -> Answer:
        if call.params.get("DryRun"):
            raise ApiError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
        now = self.cloud.clock()
        ends = model.settles(now, self.cloud.settle_s)
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
                "The idempotence token of request is same with the prev one, but the signature is different.",
            )
        return {"JobId": job_id}

    def _changeable(self, listener: Listener, busy: str) -> None:
        if listener.balancer.managed:
            raise ApiError(400, "OperationDenied.ServiceManagedResource", "The resource is managed by ACK.")
        if not listener.certificates.settled(self.cloud.clock()):
            code = f"{busy}.{self.listener_word}"
            raise ApiError(400, code, f"The listener {listener.id} is being configured.")
        if listener.protocol not in self.tls:  # [guess] the code
            code = "InvalidParameter.ListenerProtocol"
            raise ApiError(400, code, f"{listener.protocol} has no certificates.")

    def _check(self, call: Call, identifiers: Sequence[str], *, most: int) -> None:
        _sized(identifiers, most)
        cas = self.cloud.service(Cas)
        for identifier in identifiers:
            row = cas.find(identifier)
            if row is None or not row.deployable or not reaches(row.store, call.region):
                raise ApiError(
                    404,
                    "ResourceNotFound.Certificate",
                    f"The specified resource {identifier} is not found.",
                )

    def _bundles(self, listener: Listener) -> list[Bundle]:
        """What the edge has: the default first."""
        cas = self.cloud.service(Cas)
        served = listener.certificates.served(self.cloud.clock())
        return [row.bundle for identifier in served.all if (row := cas.find(identifier))]

    def _here(self, call: Call) -> list[LoadBalancer]:
        self._write_back()
        return [row for row in self._balancers if row.region == call.region]

    def _listeners(self, call: Call) -> list[Listener]:
        return [listener for row in self._here(call) for listener in row.listeners]

    def _all_listeners(self) -> list[Listener]:
        self._write_back()
        return [listener for row in self._balancers for listener in row.listeners]

    def _write_back(self) -> None:
        """What clusters' controllers have done by now."""
        for balancer in self._balancers:
            for listener in balancer.listeners:
                listener.write_back(self.cloud.clock(), self.cloud.settle_s)


def _already_associated(identifier: str) -> ApiError:
    return ApiError(
        400,
        "ResourceAlreadyAssociated.Certificate",
        f"The specified resource {identifier} is already associated.",
    )


def _sized(identifiers: Sequence[str], most: int) -> None:
    if not 1 <= len(identifiers) <= most or len(set(identifiers)) != len(identifiers):
        raise ApiError(400, "IllegalParamSize.Certificates", f"Takes 1 to {most} different certificates.")


def _change(call: Call) -> object:
    return call.action, call.region, repr(sorted(call.params.items()))
