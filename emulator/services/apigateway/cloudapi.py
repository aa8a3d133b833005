"""API Gateway, the traditional one (CloudAPI 2016-07-14): groups, custom domains, their certificates.

Certificates come as PEM; a change is in service at once. What of the TLS settings a change leaves out
is reset, and DescribeDomain answers with the private key: the worst cases of what the documentation
says [guess]. Codes of faults in a certificate or domain are guessed.
Not emulated: APIs, stages, binding of domains, DeleteDomainCertificate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle, BundleProblem, a_label, read
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.apigateway import ApiGroup, GroupDomain
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import gateways
from emulator.services.kit.paging import fits, numbered_page

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,49}")
RESET: dict[str, Any] = {
    "SslVerifyDepth": 0,
    "SslOcspEnable": False,
    "SslOcspCacheEnable": False,
    "ClientCertSDnPassThrough": False,
}


@dataclass
class Held:
    """A certificate as the gateway holds it."""

    name: str
    bundle: Bundle = field(repr=False)
    writes: int = 0

    @property
    def id(self) -> str:
        return gateways.digits(self.name, self.bundle.sha256, self.writes)


@dataclass
class Domain:
    row: GroupDomain
    held: Held | None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return a_label(self.row.domain)


@dataclass
class Group:
    row: ApiGroup
    domains: list[Domain]

    @property
    def id(self) -> str:
        return gateways.digits("group", self.row.region, self.row.name)

    @property
    def address(self) -> str:
        return f"{self.id}-{self.row.region}.alicloudapi.com"


class Service(EmulatedService):
    api = "cloudapi"
    version = "2016-07-14"
    ram = "apigateway"
    busy = ((400, "ConcurrencyLockTimeout"),)
    hosts = ("apigateway.{region}.aliyuncs.com", "apigateway-vpc.{region}.aliyuncs.com")

    switches: ClassVar = {
        #: Its page shows `RSA PRIVATE KEY`. Whether others are refused is not known.
        "key_form": ("traditional", "any"),
    }

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._groups: list[Group] = []
        self._regions: list[str] = ["cn-hangzhou"]

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        now = self.cloud.clock()
        for row in estate.of(ApiGroup):
            domains = []
            for domain in row.domains:
                name = domain.certificate
                held = Held(f"set_by_hand_{name}", estate.bundle(name, now)) if name else None
                settings = RESET | {"IsHttpRedirectToHttps": True}
                settings |= {"SslVerifyDepth": 2} if domain.mutual_tls else {}
                domains.append(Domain(domain, held, settings))
            self._groups.append(Group(row, domains))

    def held(self) -> Iterator[Place]:
        cas = self.cloud.service(Cas)
        for group in self._groups:
            for domain in group.domains:
                in_place = cas.of_bundle(domain.held.bundle if domain.held else None)
                take = partial(self._take, domain)
                yield Place("APIGateway", group.row.region, domain.name, in_place, take, group.id)

    def _take(self, domain: Domain, identifier: str) -> None:
        """From CAS itself."""
        row = self.cloud.service(Cas).given(identifier)
        domain.held = Held(f"cas_{row.id}", row.bundle, domain.held.writes + 1 if domain.held else 0)

    def slots(self) -> list[tuple[str, str]]:
        return [
            (f"{group.address}:443", domain.name.replace("*.", "any."))
            for group in self._groups
            for domain in group.domains
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a group's own address, or at the edge itself; domains for a VPC are not out here."""
        groups = [group for group in self._groups if host in ("", f"{group.address}:443")]
        if not groups:
            return None
        rows = [(row.name, row) for group in groups for row in group.domains if not row.row.internal]
        domain = gateways.chosen(rows, server_name)
        if domain is None or domain.held is None:
            return () if host else None
        return (domain.held.bundle,)

    def DescribeRegions(self, call: Call) -> Answer:
        rows = [{"RegionId": name, "LocalName": name} for name in self._regions]
        return {"Regions": {"Region": rows}}

    def DescribeApiGroups(self, call: Call) -> Answer:
        rows = [
            {key: item[key] for key in ("GroupId", "GroupName", "SubDomain", "RegionId", "HttpsPolicy")}
            for item in map(_group_item, self._of(call))
        ]
        part = call.params.get("GroupName") or ""
        rows = [row for row in rows if fits(call.params, row, "GroupId") and part in str(row["GroupName"])]
        page = numbered_page(call.params, "ApiGroupAttributes", rows, most=50)
        return {**page, "ApiGroupAttributes": {"ApiGroupAttribute": page["ApiGroupAttributes"]}}

    def DescribeApiGroup(self, call: Call) -> Answer:
        group = self._group(call)
        items = [_domain_item(domain) for domain in group.domains]
        return {**_group_item(group), "CustomDomains": {"DomainItem": items}}

    def DescribeDomain(self, call: Call) -> Answer:
        group, domain = self._group(call), self._domain(call)
        answer = {"GroupId": group.id, "SubDomain": group.address, **_common(domain)}
        if domain.held is not None:
            answer["CertificateBody"] = domain.held.bundle.certificate_pem
            answer["CertificatePrivateKey"] = domain.held.bundle.key_pem
        return answer

    def SetDomainCertificate(self, call: Call) -> Answer:
        domain, params = self._domain(call), call.params
        if not NAME.fullmatch(params["CertificateName"]):
            raise ApiError(400, "InvalidCertificateName", "4 to 50 letters, digits, underscores.")
        if not params.get("CertificateBody") or not params.get("CertificatePrivateKey"):
            raise ApiError(400, "MissingParameter", "CertificateBody and CertificatePrivateKey.")
        try:
            bundle = read(
                params["CertificateBody"],
                params["CertificatePrivateKey"],
                traditional=self.behaviour["key_form"] == "traditional",
            )
        except BundleProblem as problem:
            raise ApiError(400, "InvalidCertificate", f"Refused: {problem}.") from None
        if not bundle.covers(domain.name):
            raise ApiError(400, "InvalidCertificate.NotMatch", "The domain is not the certificate's.")
        writes = domain.held.writes + 1 if domain.held else 0
        domain.held = Held(params["CertificateName"], bundle, writes)
        domain.settings |= {name: params.get(name, value) for name, value in RESET.items()}
        self.forget(domain.settings)
        return {}

    def _of(self, call: Call) -> list[Group]:
        return [group for group in self._groups if group.row.region == call.region]

    def _group(self, call: Call) -> Group:
        for group in self._of(call):
            if group.id == call.params["GroupId"]:
                return group
        raise ApiError(404, "NotFoundApiGroup", "Cannot find the API group.")

    def _domain(self, call: Call) -> Domain:
        for domain in self._group(call).domains:
            if domain.name == call.params["DomainName"]:
                return domain
        raise ApiError(404, "NotFoundDomain", "Cannot find the domain.")


def _group_item(group: Group) -> Answer:
    return {
        "GroupId": group.id,
        "GroupName": group.row.name,
        "SubDomain": group.address,
        "RegionId": group.row.region,
        "HttpsPolicy": "HTTPS2_TLS1_2",
        "Status": "NORMAL",
    }


def _common(domain: Domain) -> Answer:
    """What both DescribeApiGroup and DescribeDomain tell."""
    answer: Answer = {
        "DomainName": domain.name,
        "DomainBindingStatus": "BINDING",
        "DomainCNAMEStatus": "RESOLVED",
        "DomainLegalStatus": "NORMAL",
        "DomainWebSocketStatus": "CLOSE",
    }
    if domain.held is not None:
        bundle = domain.held.bundle
        answer |= {
            "CertificateId": domain.held.id,
            "CertificateName": domain.held.name,
            "CertificateValidStart": int(bundle.not_before.timestamp() * 1000),
            "CertificateValidEnd": int(bundle.not_after.timestamp() * 1000),
        }
    return answer


def _domain_item(domain: Domain) -> Answer:
    kind = "INTRANET" if domain.row.internal else "INTERNET"
    wild = {"WildcardDomainPatterns": "${p}"} if domain.name.startswith("*.") else {}
    return {
        **_common(domain),
        "CustomDomainType": kind,
        "BindStageName": "RELEASE",
        **wild,
        **domain.settings,
    }
