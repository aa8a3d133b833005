"""What CDN, DCDN, VOD and Live have in common; their modules say how each spells it.

A change shows at once in the API; the domain is `configuring` and the edge serves the former
certificate until it has settled. Codes are documented where not marked guessed.
A change of the certificate leaves a domain's functions as they are [guess], unless `forgets` says otherwise.
Not emulated: everything but the certificate (origins, caching, staging, SM2, free certificates); functions
are shown, never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle, BundleProblem, a_label, read
from emulator.certificates import CERT_REGIONS
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.cdn import CdnDomain
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import cdn_domains
from emulator.services.kit.cdn_domains import Binding, Domain, told
from emulator.services.kit.settling import Settling

SEARCHES: dict[str, Callable[[str, str], bool]] = {
    "fuzzy_match": lambda name, text: text in name,
    "pre_match": lambda name, text: name.startswith(text),
    "suf_match": lambda name, text: name.endswith(text),
    "full_match": lambda name, text: name == text,
}
INFO = (
    *("DomainName", "CertName", "CertType", "CertDomainName"),
    *("CertOrg", "CertLife", "CertExpireTime", "Status"),
)
HTTPS_LIST = (
    *("DomainName", "CertName", "CertCommonName", "CertType", "CertStatus"),
    *("CertStartTime", "CertExpireTime", "CertUpdateTime"),
)


class Family(EmulatedService):
    """`row`, `info`, `details`: the fields of the list, of a domain's certificate, of its detail."""

    section: ClassVar[type[CdnDomain]]
    zone: ClassVar[str]  #: of the CNAMEs
    row: ClassVar[tuple[str, ...]]
    info: ClassVar[tuple[str, ...]]
    details: ClassVar[tuple[str, ...]]
    model: ClassVar[str] = "DomainDetail"
    most: ClassVar[int] = 500  #: rows of a page
    search: ClassVar[str] = "full_match"  #: where the call says none
    #: the names of functions that it takes
    functions: ClassVar[tuple[str, ...]] = (
        *("http_force", "https_force", "https_option", "https_tls_version", "https_client_cert", "HSTS"),
        "set_req_host_header",
    )
    bad_switch: ClassVar[str] = "InvalidSSLProtocol.ValueNotSupported"
    bad_pair: ClassVar[tuple[int, str]] = (400, "Certificate.FormatError")  #: [guess]

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._domains: dict[str, Domain] = {}  #: by the A-label form of the name

    def load(self, estate: Estate) -> None:
        now = self.cloud.clock()
        for row in estate.of(self.section):
            bound = None
            if name := row.certificate:
                certificate = estate.certificates[name]
                of_cas = (estate.id_of(name), certificate.store) if certificate.in_cas else (0, "")
                kind = "cas" if certificate.in_cas else "upload"
                bound = Binding(
                    kind, estate.cas_name(name), estate.bundle(name, now), cdn_domains.CREATED, *of_cas
                )
            kind = getattr(row, "kind", "")
            self._domains[a_label(row.domain)] = Domain(
                row.domain, row.status, Settling(bound), self.zone, kind, self._functions()
            )

    def uses(self, identifier: str) -> bool:
        bound = [domain.certificate.value for domain in self._domains.values()]
        return any(found and f"{found.cert_id}-{found.region}" == identifier for found in bound)

    def held(self) -> Iterator[Place]:
        for domain in self._domains.values():
            bound = domain.certificate.value
            in_place = f"{bound.cert_id}-{bound.region}" if bound and bound.cert_id else ""
            yield Place(self.api.upper(), "", domain.name, in_place, partial(self._take, domain))

    def _take(self, domain: Domain, identifier: str) -> None:
        """From CAS itself."""
        self.ready(domain)
        row = self.cloud.service(Cas).given(identifier)
        self.put(domain, Binding("cas", row.name, row.bundle, self.cloud.clock(), row.id, row.store))

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

    def list_domains(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        matches = SEARCHES.get(params.get("DomainSearchType", self.search))
        if matches is None:
            raise ApiError(400, "InvalidParameter", "DomainSearchType is not supported.")
        text = params.get("DomainName", "")
        rows = [
            told(self.row, domain, now)
            for domain in self._domains.values()
            if (not text or matches(domain.name, text))
            and params.get("DomainStatus") in (None, "", domain.status_at(now))
            and self.listed(domain, call)
        ]
        rows = [
            row
            for row in rows
            if all(params.get(name) in (None, "", row.get(name)) for name in ("CdnType", "Coverage"))
        ]
        page, size = _page(params, self.most)
        return {
            "Domains": {"PageData": rows[(page - 1) * size : page * size]},
            "PageNumber": page,
            "PageSize": size,
            "TotalCount": len(rows),
        }

    def listed(self, domain: Domain, call: Call) -> bool:
        """Whether the product's own filter of kinds lets a domain through."""
        return True

    def certificate_of(self, call: Call) -> Answer:
        info = told(self.info, self._domain(call), self.cloud.clock())
        return {"CertInfos": {"CertInfo": [info]}}

    def detail(self, call: Call) -> Answer:
        return {self.model: told(self.details, self._domain(call), self.cloud.clock())}

    def configs(self, call: Call) -> Answer:
        """A name that is not known is refused; what is not set is left out [guess]."""
        domain = self._domain(call)
        names = [name for name in call.params.get("FunctionNames", "").split(",") if name]
        for name in names:
            if name not in self.functions:
                code = "InvalidFunctionName.ValueNotSupported"
                raise ApiError(400, code, f"FunctionName {name} is not supported.")
        return {"DomainConfigs": {"DomainConfig": cdn_domains.configs(domain, names or self.functions)}}

    def list_https(self, call: Call) -> Answer:
        keyword, now = call.params.get("Keyword", ""), self.cloud.clock()
        rows = [
            told(HTTPS_LIST, domain, now)
            for domain in self._domains.values()
            if domain.certificate.value is not None and keyword in domain.name
        ]
        page, size = _page(call.params, 1000)
        return {
            "CertInfos": {"CertInfo": rows[(page - 1) * size : page * size]},
            "TotalCount": len(rows),
        }

    def set_certificate(self, call: Call) -> Answer:
        domain, now = self._domain(call), self.cloud.clock()
        switch = call.params["SSLProtocol"]
        if switch not in ("on", "off"):
            raise ApiError(400, self.bad_switch, "The specified SSLProtocol is invalid.")
        self.ready(domain)
        wanted = self.wanted(call, domain) if switch == "on" else None
        if call.params.get("DryRun"):  # [guess] of Live, in whose SDK alone it is
            raise ApiError(400, "DryRunOperation", "Validated; DryRun is set.")
        self.put(domain, wanted)
        self.forget(domain.functions)
        domain.modified = now
        return {}

    def put(self, domain: Domain, wanted: Binding | None) -> None:
        now = self.cloud.clock()
        domain.certificate.set(wanted, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def ready(self, domain: Domain) -> None:
        """Refuse a change that the domain cannot take now."""
        if domain.status_at(self.cloud.clock()) == "configuring":
            raise ApiError(403, "ServiceBusy", "The specified Domain is configuring.")
        if domain.status != "online":  # [guess] that a domain out of service refuses a certificate
            raise ApiError(403, "IllegalOperation", "Illegal domain operate is not permitted.")

    def wanted(self, call: Call, domain: Domain) -> Binding:
        kind = call.params.get("CertType", "")
        if kind not in ("cas", "upload"):  # [guess] the code
            raise ApiError(400, "InvalidParameter", "CertType is one of cas, upload.")
        bound = self._of_cas(call) if kind == "cas" else self.uploaded(call, domain)
        if not bound.bundle.covers(domain.name):  # [guess] the code: Live's for the same fault
            raise ApiError(400, "Certificate.MissMatch", f"The certificate does not cover {domain.name}.")
        return bound

    def uploaded(self, call: Call, domain: Domain) -> Binding:
        public, private = call.params.get("SSLPub"), call.params.get("SSLPri")
        if not public:
            raise ApiError(400, "SSLPub.MissingParameter", "The SSLPub parameter is required.")
        if not private:
            raise ApiError(400, "Certificate.MissingParameter", "SSLPri is required.")
        try:
            bundle = read(public, private, traditional=self.behaviour.get("key_form") == "traditional")
        except BundleProblem as problem:
            raise ApiError(*self.bad_pair, f"Refused: {problem}.") from None
        name = call.params.get("CertName") or f"{domain.label.lstrip('.')}-upload"
        return Binding("upload", name, bundle, self.cloud.clock())

    def _functions(self) -> dict[str, dict[str, str]]:
        return {name: dict(given) for name, given in cdn_domains.FUNCTIONS.items() if name in self.functions}

    def _domain(self, call: Call) -> Domain:
        name = call.params["DomainName"]
        try:
            return self._domains[a_label(name)]
        except (KeyError, UnicodeError):
            raise ApiError(
                404, "InvalidDomain.NotFound", "The domain provided does not belong to you."
            ) from None

    def _of_cas(self, call: Call) -> Binding:
        cert_id = call.params.get("CertId")
        region = call.params.get("CertRegion", "cn-hangzhou")
        if region not in CERT_REGIONS:
            raise ApiError(400, "Abs.CertRegion.ValueNotSupported", "CertRegion is not supported.")
        if cert_id is None:
            raise ApiError(400, "Certificate.MissingParameter", "CertId is required.")
        row = self.cloud.service(Cas).by_id(cert_id, region)
        if row is None:  # [guess] this code and the next
            raise ApiError(404, "Certificate.NotFound", f"No certificate {cert_id} in the store {region}.")
        if not row.deployable:
            raise ApiError(400, "Certificate.PrivateKeyNotFound", f"CAS has no private key of {cert_id}.")
        return Binding("cas", row.name, row.bundle, self.cloud.clock(), row.id, row.store)


def _page(params: Any, most: int) -> tuple[int, int]:
    page, size = params.get("PageNumber", 1), params.get("PageSize", 20)
    if not 1 <= page <= 100000 or not 1 <= size <= most:
        raise ApiError(400, "InvalidParameter", f"PageNumber from 1, PageSize 1 to {most}.")
    return page, size
