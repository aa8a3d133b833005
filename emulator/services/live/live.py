"""ApsaraVideo Live 2016-11-01: as CDN, but HTTPS takes a PEM pair under a name, and no id is told.

[guess] With ForceSet the pair of a taken name is exchanged wherever it is bound.
"""

from __future__ import annotations

from typing import ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.sections.live import LiveDomain
from emulator.services.kit.cdn_domains import Binding, Domain
from emulator.services.kit.cdn_family import INFO, Family


class Service(Family):
    section = LiveDomain
    api = "live"
    version = "2016-11-01"
    ram = "live"
    busy = ((400, "LockFail"),)
    hosts = ("live.aliyuncs.com", "live.ap-southeast-1.aliyuncs.com", "live.eu-central-1.aliyuncs.com")
    limits: ClassVar[dict[str, int]] = {
        "DescribeLiveUserDomains": 100,
        "DescribeLiveDomainCertificateInfo": 100,
        "DescribeLiveDomainDetail": 50,
        "DescribeLiveDomainConfigs": 100,
        "SetLiveDomainCertificate": 30,
    }
    zone = "w.kunlunca.com"
    row = (
        *("DomainName", "LiveDomainStatus", "LiveDomainType", "RegionName", "Cname", "Description"),
        *("GmtCreated", "GmtModified", "ResourceGroupId"),
    )
    info = (*INFO, "SSLProtocol", "SSLPub")
    details = (
        *("DomainName", "DomainStatus", "SSLProtocol", "SSLPub", "CertName", "LiveDomainType", "Region"),
        *("Scope", "Cname", "Description", "GmtCreated", "GmtModified", "ResourceGroupId"),
    )
    most = 50
    search = "fuzzy_match"
    functions = ("http_force", "https_force", "set_req_host_header")  # as documented; others: [guess]
    bad_pair = (400, "Certificate.MissMatch")
    switches: ClassVar = {
        #: Its page of formats asks for `RSA PRIVATE KEY`. Whether others are refused is not known.
        "key_form": ("traditional", "any"),
    }

    def listed(self, domain: Domain, call: Call) -> bool:
        return call.params.get("LiveDomainType") in (None, "", domain.kind)

    def wanted(self, call: Call, domain: Domain) -> Binding:
        if call.params.get("CertType") not in ("upload", "cas", "free"):  # [guess] the code
            raise ApiError(400, "InvalidParameter", "CertType is one of upload, cas, free.")
        bound = self.uploaded(call, domain)
        if not bound.bundle.covers(domain.name):
            raise ApiError(400, "Certificate.MissMatch", f"The certificate does not cover {domain.name}.")
        return bound

    def SetLiveDomainCertificate(self, call: Call) -> Answer:
        namesakes = {} if call.params["SSLProtocol"] != "on" else self._namesakes(call)
        answer = self.set_certificate(call)
        bound = self._domain(call).certificate.value
        for other in namesakes.values():
            self.put(other, bound)
        return answer

    def _namesakes(self, call: Call) -> dict[str, Domain]:
        """The other domains that the certificate of this name is on."""
        found = {
            label: other
            for label, other in self._domains.items()
            if (bound := other.certificate.value)
            and bound.name == call.params.get("CertName")
            and other is not self._domain(call)
        }
        own = self._domain(call).certificate.value
        taken = found or (own and own.name == call.params.get("CertName"))
        if taken and call.params.get("ForceSet") != "1":
            raise ApiError(400, "Certificate.Duplicated", "The specified certificate name is duplicated.")
        return found

    DescribeLiveUserDomains = Family.list_domains
    DescribeLiveDomainCertificateInfo = Family.certificate_of
    DescribeLiveDomainDetail = Family.detail
    DescribeLiveDomainConfigs = Family.configs
