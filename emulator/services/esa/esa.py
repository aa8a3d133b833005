"""ESA 2024-09-10: pools of certificates by site, and SaaS hostnames with one each.

The API shows a change at once; the edge serves the former certificate until it has settled, and a
hostname is `configuring` meanwhile. Certificate.Duplicated, *.OverQuota and ActiveSiteNotExist are
documented, all other codes are guessed.
Not emulated: free certificates, keyless ones, everything but certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle, BundleProblem, a_label, covers, read
from emulator.certificates import CERT_REGIONS
from emulator.estate import Estate
from emulator.sections.esa import EsaSite
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.esa.model import Bound, Entry, Hostname, Site, cname, number, text
from emulator.services.kit.paging import fits, numbered_page
from emulator.services.kit.settling import Settling

MOST = 500  #: rows of a page


class Service(EmulatedService):
    api = "esa"
    version = "2024-09-10"
    ram = "esa"
    busy = (
        (403, "Site.ServiceBusy"),
        (403, "Record.ServiceBusy"),
        (429, "TooManyRequests"),
        (400, "LockFailed"),
    )
    hosts = ("esa.{region}.aliyuncs.com",)

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._sites: list[Site] = []

    def load(self, estate: Estate) -> None:
        now = self.cloud.clock()

        def bound(name: str, kind: str) -> Bound:
            of_cas = (estate.id_of(name), estate.certificates[name].store) if kind == "cas" else (0, "")
            return Bound(kind, estate.cas_name(name), estate.bundle(name, now), *of_cas)

        for row in estate.of(EsaSite):
            site = Site(row.site, row.status, row.quota, records=list(row.records))
            for of in row.certificates:
                entry = Entry(text(row.site, of.certificate), Settling(bound(of.certificate, of.type)))
                site.pool.append(entry)
            for host in row.hostnames:
                found = bound(host.certificate, host.type) if host.certificate else None
                ids = (number("hostname", host.hostname), host.hostname, host.record)
                site.hostnames.append(
                    Hostname(*ids, number("record", host.record), site, host.status, Settling(found))
                )
            self._sites.append(site)

    def uses(self, identifier: str) -> bool:
        bound: list[Bound | None] = [entry.certificate.value for site in self._sites for entry in site.pool]
        bound += [hostname.certificate.value for site in self._sites for hostname in site.hostnames]
        return any(found and f"{found.cas_id}-{found.store}" == identifier for found in bound)

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot as (address to connect to, server name to ask for)."""
        names = [(record, record) for site in self._sites for record in site.records]
        names += [(host.record, host.name) for site in self._sites for host in site.hostnames]
        return [(f"{cname(record)}:443", a_label(name).replace("*", "any")) for record, name in names]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a record's name or CNAME, or at the edge itself, what is there for the name asked for."""
        address, _, port = host.partition(":")
        sites = [site for site in self._sites if site.status == "active"]
        met = [
            site
            for site in sites
            if not host or (port == "443" and any(_leads(address, record) for record in site.records))
        ]
        now = self.cloud.clock()
        for site in met:
            for hostname in site.hostnames:
                own = hostname.certificate.served(now)
                if own and hostname.status == "active" and covers(hostname.name, server_name):
                    return (own.bundle,)
            if site.answers_to(server_name) and (best := site.best(server_name, now)):
                return best
        return () if met and host else None

    def ListSites(self, call: Call) -> Answer:
        rows = [site.row() for site in self._sites]
        rows = [row for row in rows if fits(call.params, row, "AccessType", "Coverage", "SiteName", "Status")]
        return numbered_page(call.params, "Sites", rows, most=MOST, default=MOST)

    def ListRecords(self, call: Call) -> Answer:
        rows = self._site(call).record_rows() if call.params.get("Proxied", True) else []
        rows = [row for row in rows if fits(call.params, row, "RecordName")]
        return numbered_page(call.params, "Records", rows, most=MOST, default=MOST)

    def ListCertificates(self, call: Call) -> Answer:
        site, now = self._site(call), self.cloud.clock()
        rows = [entry.row(now) for entry in site.pool]
        keyword = call.params.get("Keyword") or ""
        rows = [
            row for row in rows if fits(call.params, row, "Type") and keyword in f"{row['Name']} {row['SAN']}"
        ]
        page = numbered_page(call.params, "Result", rows, most=MOST)
        return {**page, "SiteId": site.id, "SiteName": site.name}

    def GetCertificate(self, call: Call) -> Answer:
        site, now = self._site(call), self.cloud.clock()
        entry = self._entry(site, call.params["Id"])
        row = entry.row(now)
        return {
            "Certificate": entry.certificate.value.bundle.certificate_pem,
            "Status": row["Status"],
            "Result": row,
            "SiteId": site.id,
            "SiteName": site.name,
        }

    def SetCertificate(self, call: Call) -> Answer:
        """Into the entry `Id`; without it a new entry, if the quota has room."""
        params, site, now = call.params, self._site(call), self.cloud.clock()
        wanted = self._wanted(params, params["Type"], params.get("Region"))
        if any(entry.certificate.value.bundle.sha256 == wanted.bundle.sha256 for entry in site.pool):
            raise ApiError(400, "Certificate.Duplicated", "The certificate already exists.")
        if entry_id := params.get("Id"):
            entry = self._entry(site, entry_id)
            if entry.certificate.value.kind not in ("cas", "upload"):
                raise ApiError(400, "Certificate.StatusError", "The certificate cannot be replaced.")
            entry.certificate.set(wanted, now=now, until=self._until(now))
            entry.changed = now
            return {"Id": entry.id}
        if len(site.pool) >= site.quota:
            raise ApiError(403, "Certificate.OverQuota", "The certificate quota is exceeded.")
        entry = Entry(text(site.name, wanted.bundle.sha256), Settling(wanted), now)
        site.pool.append(entry)
        return {"Id": entry.id}

    def DeleteCertificate(self, call: Call) -> Answer:
        """Nothing is bound to an entry, so none is refused as being in use [guess]; free ones are ESA's."""
        site = self._site(call)
        entry = self._entry(site, call.params["Id"])
        if entry.certificate.value.kind not in ("cas", "upload"):
            raise ApiError(400, "Certificate.StatusError", "The status of the certificate is invalid.")
        site.pool.remove(entry)
        return {"Id": entry.id, "SiteId": site.id, "SiteName": site.name}

    def ListCustomHostnames(self, call: Call) -> Answer:
        name, now = call.params.get("Hostname"), self.cloud.clock()
        if call.params.get("NameMatchType", "exact") != "exact":
            raise ApiError(400, "InvalidParameter", "NameMatchType: only exact is emulated.")
        rows = [host.row(now) for host in self._site(call).hostnames if name in (None, "", host.name)]
        rows = [row for row in rows if fits(call.params, row, "RecordId", "Status")]
        return numbered_page(call.params, "Hostnames", rows, most=MOST, default=MOST)

    def GetCustomHostname(self, call: Call) -> Answer:
        return {"CustomHostnameModel": self._hostname(call).detail(self.cloud.clock())}

    def UpdateCustomHostname(self, call: Call) -> Answer:
        params, host, now = call.params, self._hostname(call), self.cloud.clock()
        if host.status_at(now) != "active":
            raise ApiError(400, "CustomHostname.StatusError", "The hostname cannot be changed now.")
        # [guess] What is left out stays as it is: all but the hostname is optional.
        record_id = params.get("RecordId") or host.record_id
        records = {host.record_id: host.record}
        records |= {row["RecordId"]: row["RecordName"] for row in host.site.record_rows()}
        if record_id not in records:
            raise ApiError(400, "InvalidParameter", "RecordId is not that of a record of the site.")
        wanted = host.certificate.value
        if params.get("SslFlag") == "off":
            wanted = None
        elif "SslFlag" in params or "CertType" in params:
            wanted = self._wanted(params, params.get("CertType", ""), params.get("CasRegion"))
            if not wanted.bundle.covers(host.name):
                raise ApiError(400, "Certificate.MissMatch", f"It does not cover {host.name}.")
        host.record_id, host.record = record_id, records[record_id]
        host.certificate.set(wanted, now=now, until=self._until(now))
        return {}

    def _until(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.cloud.settle_s)

    def _wanted(self, params: Mapping[str, Any], kind: str, region: str | None) -> Bound:
        if kind == "upload":
            try:
                bundle = read(params.get("Certificate", ""), params.get("PrivateKey", ""))
            except BundleProblem as problem:
                raise ApiError(400, "Certificate.FormatError", f"Refused: {problem}.") from None
            return Bound("upload", params.get("Name", "upload"), bundle)
        if kind != "cas" or region not in CERT_REGIONS:
            raise ApiError(400, "InvalidParameter", "Only cas with its region, and upload, are emulated.")
        row = self.cloud.service(Cas).by_id(params.get("CasId", 0), region)
        if row is None or not row.deployable:
            raise ApiError(400, "Certificate.NotExist", "The certificate does not exist.")
        return Bound("cas", row.name, row.bundle, row.id, row.store)

    def _site(self, call: Call) -> Site:
        for site in self._sites:
            if site.id == call.params["SiteId"]:
                return site
        raise ApiError(400, "ActiveSiteNotExist", "The site does not exist.")

    def _entry(self, site: Site, entry_id: str) -> Entry:
        for entry in site.pool:
            if entry.id == entry_id:
                return entry
        raise ApiError(400, "Certificate.NotExist", "The certificate does not exist.")

    def _hostname(self, call: Call) -> Hostname:
        for site in self._sites:
            for hostname in site.hostnames:
                if hostname.id == call.params["HostnameId"]:
                    return hostname
        raise ApiError(404, "CustomHostname.NotExist", "The hostname does not exist.")


def _leads(address: str, record: str) -> bool:
    return address == cname(record) or covers(record, address)
