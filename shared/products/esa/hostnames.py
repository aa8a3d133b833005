"""ESA: the SaaS hostnames of each site, customers' own names that each have a certificate of their own."""

from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud.api import Action
from shared.domain.certificates import cert_id_of
from shared.domain.resources import CloudResource
from shared.products.esa.slots import HOME, PACE, EsaSlots
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.means import Means
from shared.products.kit.polled import Listed

_CHANGING = "configuring"
_SERVING = ("active", _CHANGING)


class EsaHostnames(EsaSlots):
    actions: ClassVar = {
        "ListSites": Action("ListSites", method="GET", per_second=PACE),
        "ListCustomHostnames": Action("ListCustomHostnames", per_second=PACE),
        "GetCustomHostname": Action("GetCustomHostname", per_second=PACE),
        "UpdateCustomHostname": Action("UpdateCustomHostname", writes=True, per_second=PACE),
    }

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._sites: dict[str, Listed[Answer]] = {}
        self._records: dict[str, Any] = {}  #: by id of a hostname, what it is attached to

    def within(self, region: str, holder: Answer) -> Iterator[CloudResource]:
        rows = (row for page in self._pages(holder["SiteId"]) for row in page["Hostnames"])
        for row in rows:
            yield self._resource(self._detail(row["HostnameId"]) if row["SslFlag"] == "on" else row)

    def _look(self, change: Change) -> Look | None:
        """From the list, since what the API says of a hostname that is gone is not documented."""
        resource = change.resource
        row = self._row(resource)
        if row is None:
            return None
        if change.begun and row["Status"] == _CHANGING:
            return Look(Carries.BETWEEN, resource, settled=False)
        on = row["SslFlag"] == "on"
        told = self._detail(row["HostnameId"]) if on else row
        self._records[resource.resource_id] = told.get("RecordId")
        slot = self._resource(told)
        carries = carrying(change, slot.cert_identifier)
        # CAS's number alone is told, so it is taken for the certificate that bears it.
        if on and change.wanted and cert_id_of(slot.cert_identifier) == change.wanted.cert_id:
            slot = slot.evolve(cert_identifier=change.wanted.identifier)
            carries = Carries.WANTED
        return Look(carries, slot, settled=told["Status"] != _CHANGING)

    def _write(self, change: Change, look: Look) -> None:
        resource = change.resource
        assert change.wanted is not None, "a hostname keeps its certificate"
        try:
            self._call(
                "UpdateCustomHostname",
                HOME,
                HostnameId=int(resource.resource_id),
                SslFlag="on",
                CertType="cas",
                CasId=change.wanted.cert_id,
                CasRegion=change.wanted.store,
                # Whether it stays where it is left out is not documented.
                RecordId=self._records[resource.resource_id],
            )
        finally:
            self._site(resource.instance_id).changed(resource.resource_id)

    def _row(self, resource: CloudResource) -> Answer | None:
        """Of the list."""
        if listed := self._site(resource.instance_id).of(resource.resource_id):
            return listed
        pages = self._pages(int(resource.instance_id), Hostname=resource.instance_name)
        rows = (_by_id(page).get(resource.resource_id) for page in pages)
        return next((row for row in rows if row), None)

    def _site(self, site_id: str) -> Listed[Answer]:
        listed = Listed(lambda: self._pages(int(site_id)), _by_id, lambda: self.page_size)
        return self._sites.setdefault(site_id, listed)

    def _pages(self, site_id: int, **exactly: Any) -> Iterator[Answer]:
        return self._numbered_pages("ListCustomHostnames", HOME, SiteId=site_id, **exactly)

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


def _by_id(page: Answer) -> dict[str, Answer]:
    return {str(row["HostnameId"]): row for row in page["Hostnames"]}


def _obstacle(row: Answer, on: bool) -> str:
    if not on:
        return "HTTPS is off; switch it on in the ESA console"
    if row["Status"] not in _SERVING:
        return f"the hostname is {row['Status']}; bring it into service first"
    return "ESA issued this certificate itself and renews it" if row.get("CertType") == "free" else ""
