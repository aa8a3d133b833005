"""ESA: the SaaS hostnames of each site, customers' own names that each have a certificate of their own."""

from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud.api import Action
from shared.domain.certificates import Certificate, cert_id_of
from shared.domain.resources import CloudResource
from shared.products.esa.slots import HOME, PACE, EsaSlots
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer

_SERVING = ("active", "configuring")


class EsaHostnames(EsaSlots):
    actions: ClassVar = {
        "ListSites": Action("ListSites", method="GET", per_second=PACE),
        "ListCustomHostnames": Action("ListCustomHostnames", per_second=PACE),
        "GetCustomHostname": Action("GetCustomHostname", per_second=PACE),
        "UpdateCustomHostname": Action("UpdateCustomHostname", writes=True, per_second=PACE),
    }

    def within(self, region: str, holder: Answer) -> Iterator[CloudResource]:
        for row in self._rows(holder["SiteId"]):
            yield self._resource(self._detail(row["HostnameId"]) if row["SslFlag"] == "on" else row)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        """From the list, since what the API says of a hostname that is gone is not documented."""
        for row in self._rows(int(resource.instance_id), Hostname=resource.instance_name):
            if str(row["HostnameId"]) == resource.resource_id:
                return self._resource(self._detail(row["HostnameId"]) if row["SslFlag"] == "on" else row)
        return None

    def settled(self, resource: CloudResource) -> bool:
        return bool(self._detail(int(resource.resource_id))["Status"] != "configuring")

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._waiter.until(lambda: self.settled(resource), f"{resource.slot} is configuring")
        record = self._detail(int(resource.resource_id)).get("RecordId")
        self._call(
            "UpdateCustomHostname",
            HOME,
            HostnameId=int(resource.resource_id),
            SslFlag="on",
            CertType="cas",
            CasId=certificate.cert_id,
            CasRegion=certificate.store,
            RecordId=record,  # whether it stays where it is left out is not documented
        )

    def _rows(self, site_id: int, **exactly: Any) -> Iterator[Answer]:
        for page in self._numbered_pages("ListCustomHostnames", HOME, SiteId=site_id, **exactly):
            yield from page["Hostnames"]

    def _detail(self, hostname_id: int) -> Answer:
        """Without the private key, which the product tells unasked."""
        answer = self._call("GetCustomHostname", HOME, HostnameId=hostname_id)
        model: Answer = answer["CustomHostnameModel"]
        model.pop("PrivateKey", None)
        return model

    def _resource(self, row: Answer) -> CloudResource:
        on, name, record = row["SslFlag"] == "on", row["Hostname"], row.get("RecordName") or ""
        return CloudResource(
            product=self.product,
            resource_id=str(row["HostnameId"]),
            instance_id=str(row["SiteId"]),
            instance_name=name,
            domains=(name,),
            https=on,
            cert_identifier=self._identifier(row) if on else "",
            endpoint=f"{record.replace('*', 'any')}:443" if record and on else "",
            obstacle=_obstacle(row, on),
        )

    def _identifier(self, model: Answer) -> str:
        kind, cas_id = model.get("CertType") or "", model.get("CasId")
        if kind == "cas" and cas_id:
            return identifier_in(self._catalogue, str(cas_id))
        return (
            self._uploaded(model.get("Certificate")) if kind == "upload" else f"{kind}:{model['HostnameId']}"
        )

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """CAS's number alone is told, so it is taken for the certificate that bears it."""
        now = self.read(resource)
        if now is None or cert_id_of(now.cert_identifier) != certificate.cert_id:
            return None
        return now.model_copy(update={"cert_identifier": certificate.identifier})


def _obstacle(row: Answer, on: bool) -> str:
    if not on:
        return "HTTPS is off; switch it on in the ESA console"
    if row["Status"] not in _SERVING:
        return f"the hostname is {row['Status']}; bring it into service first"
    return "ESA issued this certificate itself and renews it" if row.get("CertType") == "free" else ""
