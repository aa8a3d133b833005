"""WAF 3.0, waf-openapi 2021-10-01: an instance for each side, its CNAME domains, its default certificate and
the ports of cloud resources that it protects.

After a change a domain is `modifying` and the edge serves the former certificate until it has
settled. All codes but DomainNotExist (of WAF 2.0) are guessed.
Not emulated: everything but certificates; adding and removing domains and resources; SM2.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.services.cas.cas import Service as Cas
from emulator.services.cas.store import CasCertificate
from emulator.services.kit.paging import numbered_page
from emulator.services.kit.settling import Settling
from emulator.services.waf import changes, resources
from emulator.services.waf.instances import Held
from emulator.services.waf.model import STATUS, Protected
from emulator.services.waf.resources import Resource

MOST = 100  #: rows of a page [guess]


class Service(Held):
    api = "waf-openapi"
    version = "2021-10-01"
    ram = "yundun-waf"
    busy = ((400, "Waf.Pullin.ResourceProcessing"),)
    hosts = ("wafopenapi.{region}.aliyuncs.com",)

    def DescribeInstance(self, call: Call) -> Answer:
        """[guess] Without one the answer is as good as empty."""
        region = self.side(call)
        instance = self.instances.get(region)
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
            for domain in self.instance(call).domains
            if params.get("Domain") in (None, "", domain.name)
            and params.get("DomainId") in (None, "", f"{domain.name}-waf")
        ]
        return _page(call, "Domains", rows)

    def DescribeDomainDetail(self, call: Call) -> Answer:
        return self._domain(call).detail(self.cloud.clock())

    def ModifyDomain(self, call: Call) -> Answer:
        domain = self._changeable(call)
        wanted = changes.access(call.params, self.of_cas, strict=self.cloud.strict)
        if wanted.certificate:
            _must_cover(wanted.certificate, domain)
        domain.ports, domain.http_ports = wanted.https, wanted.http
        domain.listen, domain.redirect = wanted.listen, wanted.redirect
        self._settle(domain.certificate, wanted.certificate)
        return {
            "DomainInfo": {"Cname": domain.cname, "Domain": domain.name, "DomainId": f"{domain.name}-waf"}
        }

    def ModifyDomainCert(self, call: Call) -> Answer:
        domain = self._changeable(call)
        if not domain.ports:
            raise ApiError(400, "InvalidParameter", "The domain has no HTTPS port.")
        row, tls = self.of_cas(call.params["CertId"]), changes.tls(call.params)
        _must_cover(row, domain)
        domain.listen |= tls
        self.forget(domain.listen)
        self._settle(domain.certificate, row)
        return {}

    def DescribeDefaultHttps(self, call: Call) -> Answer:
        return {"DefaultHttps": self.instance(call).default_https(str(self.behaviour["cipher_separator"]))}

    def ModifyDefaultHttps(self, call: Call) -> Answer:
        instance = self.instance(call)
        self.running(call)
        row, tls = self.of_cas(call.params["CertId"]), changes.tls(call.params)
        instance.default_tls |= tls
        self.forget(instance.default_tls)
        self._settle(instance.default, row)
        return {}

    def DescribeCloudResources(self, call: Call) -> Answer:
        wanted = (
            "OwnerUserId",
            "ResourceInstanceId",
            "ResourceInstanceName",
            "ResourceName",
            "ResourceRegionId",
        )
        product = str(call.params.get("ResourceProduct") or "")
        rows = [row.words(self.cloud.account) for row in resources.listed(self._of_instance(call), product)]
        rows = [row for row in rows if all(call.params.get(n) in (None, "", row[n]) for n in wanted)]
        return _page(call, "CloudResources", rows)

    def DescribeCloudResourceAccessPortDetails(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        rows = [
            resource.port_words(port, self.cloud.account, now)
            for resource in self._of_instance(call)
            if resource.instance == params["ResourceInstanceId"]
            and resource.product not in resources.UNNAMED
            and params.get("ResourceProduct") in (None, "", resource.product)
            for port in resource.ports
            if params.get("Port") in (None, "", str(port.number))
            and params.get("Protocol") in (None, "", port.protocol)
        ]
        return _page(call, "AccessPortDetails", rows)

    def DescribeResourceInstanceCerts(self, call: Call) -> Answer:
        """Those of CAS that can be deployed: any instance may have them."""
        self.instance(call)
        rows = [resources.usable(row) for row in self.cloud.service(Cas).deployable()]
        return _page(call, "Certs", rows)

    def ModifyCloudResourceCert(self, call: Call) -> Answer:
        port = resources.named(self._of_instance(call), call.params)
        self.running(call)
        wanted = call.params["Certificates"]
        ids = [str(row.get("CertificateId", "")) for row in wanted]
        if len(set(ids)) < len(ids) and not self.behaviour["certificate_twice"]:
            raise ApiError(400, "Waf.Pullin.CertRepeat", "A certificate is given twice.")  # [guess]
        resources.change(port, wanted, self.of_cas, self.cloud.clock(), self.cloud.settle_s)
        self.forget(port.settings)
        return {}

    def _of_instance(self, call: Call) -> list[Resource]:
        return self.resources.get(self.instance(call).region, [])

    def _settle(self, held: Settling[CasCertificate | None], wanted: CasCertificate | None) -> None:
        now = self.cloud.clock()
        held.set(wanted, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def _changeable(self, call: Call) -> Protected:
        domain = self._domain(call)
        self.running(call)
        if not domain.certificate.settled(self.cloud.clock()):
            raise ApiError(400, "RequestError", "The domain is being modified. Try again later.")
        return domain

    def _domain(self, call: Call) -> Protected:
        params = call.params
        for domain in self.instance(call).domains:
            if params.get("Domain") == domain.name or params.get("DomainId") == f"{domain.name}-waf":
                return domain
        raise ApiError(400, "DomainNotExist", "The domain name does not exist.")


def _must_cover(row: CasCertificate, domain: Protected) -> None:
    if not row.bundle.covers(domain.name):
        raise ApiError(400, "CertNotMatch", f"The certificate does not cover {domain.name}.")


def _page(call: Call, name: str, rows: list[dict[str, Any]]) -> Answer:
    page = numbered_page(call.params, name, rows, most=MOST)
    return {name: page[name], "TotalCount": page["TotalCount"]}
