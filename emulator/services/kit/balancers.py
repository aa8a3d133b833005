"""What ALB and NLB tell alike: load balancers, listeners and certificates, and what the edge serves there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle
from emulator.estate import Estate
from emulator.sections.listeners import LoadBalancer as Row
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import listener_model as model
from emulator.services.kit.listener_model import Listener, LoadBalancer
from emulator.services.kit.paging import asked, fits, page

MOST_IDS = 20  #: of load balancers, in one call
#: Filters of load balancers by the fields of their rows. ALB's spelling is its own.
FILTERS = (
    *("AddressIpVersion", "DNSName", "LoadBalancerBusinessStatus", "LoadBalancerBussinessStatus"),
    *("LoadBalancerStatus", "LoadBalancerType", "ResourceGroupId"),
)


class BalancerService(EmulatedService):
    switches: ClassVar = {"prefers": model.PREFERS}
    section: ClassVar[type[Row]]
    listener_word: ClassVar[str]  #: as codes end: "Listener", "listener"
    balancer_word: ClassVar[str] = "LoadBalancer"
    kind_word: ClassVar[str]  #: the filter of certificates by kind
    tls: ClassVar[frozenset[str]]  #: the protocols with certificates
    certificates_per_page: ClassVar[int] = 100

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []
        self._balancers: list[LoadBalancer] = []

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
        return model.choose(self._bundles(listener), server_name, str(self.behaviour["prefers"]))

    def cipher_policy(self, host: str) -> str:
        listener = next((row for row in self._all_listeners() if row.address == host), None)
        if listener is None or listener.protocol not in self.tls:
            return ""
        return str(listener.attributes.get("SecurityPolicyId", "tls_cipher_policy_1_0"))

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
        rows = [row for row in rows if fits(params, row, *FILTERS)]
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

    def find(self, call: Call) -> Listener:
        """The listener that the call names."""
        wanted = call.params["ListenerId"]
        for listener in self._listeners(call):
            if listener.id == wanted:
                return listener
        code = f"ResourceNotFound.{self.listener_word}"
        raise ApiError(404, code, f"The specified resource {wanted} is not found.")

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
