"""WAF 3.0, waf-openapi 2021-10-01: an instance for each side, its CNAME domains and its default certificate.

After a change a domain is `modifying` and the edge serves the former certificate until it has
settled. All codes but DomainNotExist (of WAF 2.0) are guessed.
Not emulated: everything but certificates; ModifyDomain; access of cloud resources; SM2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle, a_label, covers
from emulator.estate import Estate
from emulator.sections.waf import WafInstance
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.cas.store import CasCertificate
from emulator.services.kit.paging import numbered_page
from emulator.services.kit.settling import Settling
from emulator.services.waf.model import LEFT_OUT, STATUS, SUITES, VERSIONS, Instance, Protected

SIDES = ("cn-hangzhou", "ap-southeast-1")
MOST = 100  #: rows of a page [guess]


class Service(EmulatedService):
    api = "waf-openapi"
    version = "2021-10-01"
    ram = "yundun-waf"
    hosts = ("wafopenapi.{region}.aliyuncs.com",)

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._instances: dict[str, Instance] = {}  #: by side

    def load(self, estate: Estate) -> None:
        cas = self.cloud.service(Cas)

        def settled(name: str | None) -> Settling[CasCertificate | None]:
            return Settling(cas.find(estate.identifier(name)) if name else None)

        for row in estate.of(WafInstance):
            instance = Instance(row.region, row.status, settled(row.default))
            self._instances[row.region] = instance
            for of in row.domains:
                certificate = settled(of.certificate)
                instance.domains.append(
                    Protected(of.domain, row.region, of.ports, of.forwarding, certificate)
                )

    def uses(self, identifier: str) -> bool:
        bound = [instance.default.value for instance in self._instances.values()]
        bound += [domain.certificate.value for domain in self._domains()]
        return any(row is not None and row.identifier == identifier for row in bound)

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot as (address to connect to, server name to ask for)."""
        return [
            (f"{domain.cname}:{port}", a_label(domain.name).replace("*", "any"))
            for domain in self._domains()
            for port in domain.ports
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a domain's CNAME, or at the edge itself, the certificate of the domain asked for.

        A client that names no server gets the default certificate of the side that it came to.
        """
        address, _, port = host.partition(":")
        domains = [domain for domain in self._domains() if domain.forwarding and domain.ports]
        met = [d for d in domains if not host or (d.cname == address and int(port or 0) in d.ports)]
        if host and not met:
            return None
        for domain in sorted(met, key=lambda found: found.name.startswith("*")):
            row = domain.certificate.served(self.cloud.clock())
            if row and server_name and covers(domain.name, server_name):
                return (row.bundle,)
        if host and not server_name:
            default = self._instances[met[0].region].default.served(self.cloud.clock())
            return (default.bundle,) if default else ()
        return () if host else None

    def DescribeInstance(self, call: Call) -> Answer:
        """[guess] Without one the answer is as good as empty."""
        region = self._side(call)
        instance = self._instances.get(region)
        if instance is None:
            return {}
        return {
            "InstanceId": instance.id,
            "RegionId": region,
            "Status": STATUS[instance.status],
            "Edition": "default_version",
            "PayType": "POSTPAY",
            "InDebt": "0",
        }

    def DescribeDomains(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        rows = [
            domain.row(now)
            for domain in self._instance(call).domains
            if params.get("Domain") in (None, "", domain.name)
            and params.get("DomainId") in (None, "", f"{domain.name}-waf")
        ]
        page = numbered_page(params, "Domains", rows, most=MOST)
        return {"Domains": page["Domains"], "TotalCount": page["TotalCount"]}

    def DescribeDomainDetail(self, call: Call) -> Answer:
        return self._domain(call).detail(self.cloud.clock())

    def ModifyDomainCert(self, call: Call) -> Answer:
        domain, now = self._domain(call), self.cloud.clock()
        self._running(call)
        if not domain.ports:
            raise ApiError(400, "InvalidParameter", "The domain has no HTTPS port.")
        if not domain.certificate.settled(now):
            raise ApiError(400, "RequestError", "The domain is being modified. Try again later.")
        row, tls = self._of_cas(call), _tls(call.params)
        if not row.bundle.covers(domain.name):
            raise ApiError(400, "CertNotMatch", f"The certificate does not cover {domain.name}.")
        domain.listen |= tls
        self.forget(domain.listen)
        domain.certificate.set(row, now=now, until=now + timedelta(seconds=self.cloud.settle_s))
        return {}

    def DescribeDefaultHttps(self, call: Call) -> Answer:
        return {"DefaultHttps": self._instance(call).default_https()}

    def ModifyDefaultHttps(self, call: Call) -> Answer:
        instance, now = self._instance(call), self.cloud.clock()
        self._running(call)
        row, tls = self._of_cas(call), _tls(call.params)
        instance.default_tls |= tls
        self.forget(instance.default_tls)
        instance.default.set(row, now=now, until=now + timedelta(seconds=self.cloud.settle_s))
        return {}

    def _domains(self) -> list[Protected]:
        return [domain for instance in self._instances.values() for domain in instance.domains]

    def _side(self, call: Call) -> str:
        side = str(call.params.get("RegionId") or call.region)
        if side not in SIDES or side != call.region:
            raise ApiError(400, "InvalidRegionId", f"RegionId {side} is not that of this endpoint.")
        return side

    def _instance(self, call: Call) -> Instance:
        instance = self._instances.get(self._side(call))
        if instance is None or call.params["InstanceId"] != instance.id:
            raise ApiError(400, "InstanceNotExist", "The WAF instance does not exist.")
        return instance

    def _running(self, call: Call) -> None:
        if self._instance(call).status != "normal":
            raise ApiError(400, "InstanceExpired", "The WAF instance has expired.")

    def _domain(self, call: Call) -> Protected:
        params = call.params
        for domain in self._instance(call).domains:
            if params.get("Domain") == domain.name or params.get("DomainId") == f"{domain.name}-waf":
                return domain
        raise ApiError(400, "DomainNotExist", "The domain name does not exist.")

    def _of_cas(self, call: Call) -> CasCertificate:
        """By its identifier; a bare number is taken for one of either store."""
        cert_id, cas = call.params["CertId"], self.cloud.service(Cas)
        names = [f"{cert_id}-{store}" for store in SIDES] if cert_id.isdigit() else [cert_id]
        row: CasCertificate | None = next((found for name in names if (found := cas.find(name))), None)
        if row is None or not row.deployable:
            raise ApiError(400, "CertNotExist", "The certificate does not exist.")
        return row


def _tls(params: Mapping[str, Any]) -> dict[str, Any]:
    """The TLS settings that a change leaves behind. Combinations are documented, codes are not."""
    version, suite = params.get("TLSVersion", LEFT_OUT["TLSVersion"]), str(params.get("CipherSuite", 1))
    ciphers, third = params.get("CustomCiphers", []), params.get("EnableTLSv3", False)
    allowed = (
        version in VERSIONS
        and suite in SUITES
        and (suite != "2" or version == "tlsv1.2")
        and (suite != "99" or (version != "tlsv1.3" and ciphers))
        and (version != "tlsv1.3" or third)
    )
    if not allowed:
        raise ApiError(400, "InvalidParameter", "TLSVersion, EnableTLSv3 and CipherSuite do not go together.")
    return {
        "TLSVersion": version,
        "EnableTLSv3": third,
        "CipherSuite": int(suite),
        "CustomCiphers": list(ciphers),
    }
