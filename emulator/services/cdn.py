"""CDN 2018-05-10: accelerated domains, and the certificate each one serves.

A change shows at once in the API; the domain is `configuring` and the edge serves the former
certificate until it has settled. Codes are documented where not marked guessed.
Not emulated: everything but the certificate (origins, caching, staging, SM2, free certificates).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call, EmulatedService
from emulator.bundles import Bundle, BundleProblem, a_label, read
from emulator.estate import Estate
from emulator.services import _cdn_domains as words
from emulator.services._cdn_domains import Binding, Domain
from emulator.services._settling import Settling

STORES = ("cn-hangzhou", "ap-southeast-1")
SEARCHES: dict[str, Callable[[str, str], bool]] = {
    "fuzzy_match": lambda name, text: text in name,
    "pre_match": lambda name, text: name.startswith(text),
    "suf_match": lambda name, text: name.endswith(text),
    "full_match": lambda name, text: name == text,
}


class Service(EmulatedService):
    api = "cdn"
    version = "2018-05-10"
    ram = "cdn"
    hosts = ("cdn.aliyuncs.com", "cdn.ap-southeast-1.aliyuncs.com")
    limits: ClassVar[dict[str, int]] = {
        "DescribeUserDomains": 100,
        "DescribeDomainCertificateInfo": 100,
        "DescribeCdnHttpsDomainList": 100,
        "DescribeCdnDomainDetail": 30,
        "SetCdnDomainSSLCertificate": 30,
    }

    def __init__(self, cloud: Any) -> None:
        super().__init__(cloud)
        self._domains: dict[str, Domain] = {}  #: by the A-label form of the name

    def load(self, estate: Estate) -> None:
        now = self.cloud.clock()
        for row in estate.cdn:
            bound = None
            if name := row.certificate:
                certificate = estate.certificates[name]
                bound = Binding("upload", name, estate.bundle(name, now), words.CREATED)
                if certificate.in_cas:
                    bound = Binding(
                        "cas",
                        name,
                        bound.bundle,
                        bound.updated,
                        estate.id_of(name),
                        certificate.store,
                    )
            self._domains[a_label(row.domain)] = Domain(row.domain, row.status, Settling(bound))

    def uses(self, identifier: str) -> bool:
        bound = [domain.certificate.value for domain in self._domains.values()]
        return any(found and f"{found.cert_id}-{found.region}" == identifier for found in bound)

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot as (address to connect to, server name to ask for)."""
        return [
            (f"{domain.cname}:443", f"{'any' * domain.label.startswith('.')}{domain.label}")
            for domain in self._domains.values()
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a domain's CNAME, or at the edge itself, the certificate of the domain asked for.

        An exact domain goes before a wildcard one. Without HTTPS, or offline: nothing is served.
        """
        address, _, port = host.partition(":")
        mine = any(domain.cname == address and port == "443" for domain in self._domains.values())
        if host and not mine:
            return None
        answering = [domain for domain in self._domains.values() if domain.answers_to(server_name)]
        domain = min(answering, key=lambda found: found.label.startswith("."), default=None)
        if domain is not None and domain.status != "offline":
            bound = domain.certificate.served(self.cloud.clock())
            if bound is not None:
                return (bound.bundle,)
        return () if host else None

    def DescribeUserDomains(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        matches = SEARCHES.get(params.get("DomainSearchType", "full_match"))
        if matches is None:
            raise ApiError(400, "InvalidParameter", "DomainSearchType is not supported.")
        text = params.get("DomainName", "")
        rows = [
            row
            for row in (words.page_item(domain, now) for domain in self._domains.values())
            if (not text or matches(row["DomainName"], text))
            and all(params.get(name) in (None, "", row[name]) for name in ("CdnType", "Coverage"))
            and params.get("DomainStatus") in (None, "", row["DomainStatus"])
        ]
        page, size = _page(params, 500)
        return {
            "Domains": {"PageData": rows[(page - 1) * size : page * size]},
            "PageNumber": page,
            "PageSize": size,
            "TotalCount": len(rows),
        }

    def DescribeDomainCertificateInfo(self, call: Call) -> Answer:
        info = words.certificate_info(self._domain(call), self.cloud.clock())
        return {"CertInfos": {"CertInfo": [info]}}

    def DescribeCdnDomainDetail(self, call: Call) -> Answer:
        return {"GetDomainDetailModel": words.detail(self._domain(call), self.cloud.clock())}

    def DescribeCdnHttpsDomainList(self, call: Call) -> Answer:
        keyword, now = call.params.get("Keyword", ""), self.cloud.clock()
        rows = [
            words.https_item(domain, domain.certificate.value, now)
            for domain in self._domains.values()
            if domain.certificate.value is not None and keyword in domain.name
        ]
        page, size = _page(call.params, 1000)
        return {
            "CertInfos": {"CertInfo": rows[(page - 1) * size : page * size]},
            "TotalCount": len(rows),
        }

    def SetCdnDomainSSLCertificate(self, call: Call) -> Answer:
        domain, now = self._domain(call), self.cloud.clock()
        switch = call.params["SSLProtocol"]
        if switch not in ("on", "off"):
            raise ApiError(
                400, "InvalidSSLProtocol.ValueNotSupported", "The specified SSLProtocol is invalid."
            )
        if domain.status_at(now) == "configuring":
            raise ApiError(403, "ServiceBusy", "The specified Domain is configuring.")
        if domain.status != "online":  # [guess] that a domain out of service refuses a certificate
            raise ApiError(403, "IllegalOperation", "Illegal domain operate is not permitted.")
        wanted = self._wanted(call, domain) if switch == "on" else None
        until = now + timedelta(seconds=self.cloud.settle_s)
        domain.certificate.set(wanted, now=now, until=until)
        domain.modified = now
        return {}

    def _domain(self, call: Call) -> Domain:
        name = call.params["DomainName"]
        try:
            return self._domains[a_label(name)]
        except (KeyError, UnicodeError):
            raise ApiError(
                404, "InvalidDomain.NotFound", "The domain provided does not belong to you."
            ) from None

    def _wanted(self, call: Call, domain: Domain) -> Binding:
        kind = call.params.get("CertType", "")
        if kind not in ("cas", "upload"):  # [guess] the code
            raise ApiError(400, "InvalidParameter", "CertType is one of cas, upload.")
        bound = self._of_cas(call) if kind == "cas" else self._uploaded(call, domain)
        if not bound.bundle.covers(domain.name):  # [guess] the code: Live's for the same fault
            raise ApiError(
                400, "Certificate.MissMatch", f"The certificate does not cover {domain.name}."
            )
        return bound

    def _of_cas(self, call: Call) -> Binding:
        cert_id = call.params.get("CertId")
        region = call.params.get("CertRegion", "cn-hangzhou")
        if region not in STORES:
            raise ApiError(400, "Abs.CertRegion.ValueNotSupported", "CertRegion is not supported.")
        if cert_id is None:
            raise ApiError(400, "Certificate.MissingParameter", "CertId is required.")
        row = self.cloud.service("cas").by_id(cert_id, region)
        if row is None:  # [guess] this code and the next
            raise ApiError(
                404, "Certificate.NotFound", f"No certificate {cert_id} in the store {region}."
            )
        if not row.deployable:
            raise ApiError(
                400, "Certificate.PrivateKeyNotFound", f"CAS has no private key of {cert_id}."
            )
        return Binding("cas", row.name, row.bundle, self.cloud.clock(), row.id, row.store)

    def _uploaded(self, call: Call, domain: Domain) -> Binding:
        public, private = call.params.get("SSLPub"), call.params.get("SSLPri")
        if not public:
            raise ApiError(400, "SSLPub.MissingParameter", "The SSLPub parameter is required.")
        if not private:
            raise ApiError(400, "Certificate.MissingParameter", "SSLPri is required.")
        try:
            bundle = read(public, private)
        except BundleProblem as problem:  # [guess] the code
            raise ApiError(400, "Certificate.FormatError", f"Refused: {problem}.") from None
        name = call.params.get("CertName") or f"{domain.label.lstrip('.')}-upload"
        return Binding("upload", name, bundle, self.cloud.clock())


def _page(params: Any, most: int) -> tuple[int, int]:
    page, size = params.get("PageNumber", 1), params.get("PageSize", 20)
    if not 1 <= page <= 100000 or not 1 <= size <= most:
        raise ApiError(400, "InvalidParameter", f"PageNumber from 1, PageSize 1 to {most}.")
    return page, size
