"""ESA: the SaaS hostnames of each site, customers' own names that each have a certificate of their own."""

from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.certificates import cert_id_of
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError
from shared.products.esa.slots import HOME, PACE, EsaSlots
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.polled import Listed

_ROWS = ("Hostnames",)
_CHANGING = "configuring"
_SERVING = ("active", _CHANGING)
_AT_REST = ("active", "pending", "conflicted", "offline")  #: another word may be one of a change


class EsaHostnames(EsaSlots):
    actions: ClassVar = {
        "ListSites": Action("ListSites", method="GET", per_second=PACE),
        "ListCustomHostnames": Action("ListCustomHostnames", per_second=PACE),
        "GetCustomHostname": Action("GetCustomHostname", per_second=PACE),
        "UpdateCustomHostname": Action("UpdateCustomHostname", writes=True, per_second=PACE),
    }

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._sites: dict[str, Listed[Fields]] = {}
        self._records: dict[str, Any] = {}  #: by id of a hostname, what it is attached to

    def within(self, region: str, holder: Fields) -> Iterator[Found]:
        site_id = holder.needed("SiteId")
        rows = self._numbered_rows("ListCustomHostnames", HOME, at=_ROWS, SiteId=site_id)
        yield from self._each_once(rows, lambda row: [self._found(site_id, row)], "Hostname")

    def _found(self, site_id: str, row: Fields) -> CloudResource:
        """Its detail is not asked for where the list says that HTTPS is off."""
        told = row if row.flag("SslFlag") is False and row.get("SslFlag") else self._detail(_id(row))
        return self._resource(site_id, told)

    def _look(self, change: Change) -> Look | None:
        """From the list, since what the API says of a hostname that is gone is not documented."""
        resource = change.resource
        row = self._row(resource)
        if row is None:
            return None
        if change.begun and row.text("Status") not in _AT_REST:
            return Look(Carries.BETWEEN, resource, settled=False)
        on = row.flag("SslFlag") is not False
        told = self._detail(_id(row)) if on else row
        self._records[resource.resource_id] = told.get("RecordId")
        slot = self._resource(resource.instance_id, told)
        carries = carrying(change, slot.cert_identifier)
        # CAS's number alone is told, so it is taken for the certificate that bears it.
        if on and change.wanted and cert_id_of(slot.cert_identifier) == change.wanted.cert_id:
            slot = slot.evolve(cert_identifier=change.wanted.identifier)
            carries = Carries.WANTED
        return Look(carries, slot, settled=told.text("Status") in _AT_REST)

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
        except CloudRejectedError as error:
            if error.cloud_code.lower() != "certificate.duplicated":  # it has it, so a look finds it
                raise
        finally:
            self._site(resource.instance_id).changed(resource.resource_id)

    def _row(self, resource: CloudResource) -> Fields | None:
        """Of the list."""
        if listed := self._site(resource.instance_id).of(resource.resource_id):
            return listed
        pages = self._pages(resource.instance_id, Hostname=resource.instance_name)
        rows = (_by_id(page).get(resource.resource_id) for page in pages)
        return next((row for row in rows if row), None)

    def _site(self, site_id: str) -> Listed[Fields]:
        listed = Listed(lambda: self._pages(site_id), _by_id, lambda: self.page_size)
        return self._sites.setdefault(site_id, listed)

    def _pages(self, site_id: str, **exactly: Any) -> Iterator[Fields]:
        return self._numbered_answers("ListCustomHostnames", HOME, at=_ROWS, SiteId=site_id, **exactly)

    def _detail(self, hostname_id: int) -> Fields:
        """Without the private key, which the product tells unasked."""
        answer = self._call("GetCustomHostname", HOME, HostnameId=hostname_id)
        model = answer.part("CustomHostnameModel")
        model.pop("PrivateKey", None)
        if not model:
            raise answer.source.below("CustomHostnameModel").unreadable("it is missing")
        return model

    def _resource(self, site_id: str, row: Fields) -> CloudResource:
        name, record = row.needed("Hostname"), row.text("RecordName")
        on = row.flag("SslFlag")
        if on is None:
            raise row.source.below("SslFlag").unreadable("neither on nor off")
        return CloudResource(
            product=self.product,
            resource_id=str(_id(row)),
            instance_id=site_id,
            instance_name=name,
            domains=(name,),
            https=on,
            cert_identifier=self._identifier(row) if on else "",
            endpoint=f"{record.replace('*', 'any')}:443" if record and on else "",
            obstacle=_obstacle(row, on),
        )

    def _identifier(self, model: Fields) -> str:
        kind, cas_id = model.text("CertType"), model.text("CasId")
        if kind == "cas" and cas_id:
            return identifier_in(self._catalogue, cas_id)
        return self._uploaded(model.text("Certificate")) if kind == "upload" else f"{kind}:{_id(model)}"


def _by_id(page: Fields) -> dict[str, Fields]:
    return {row.text("HostnameId"): row for row in page.rows(*_ROWS)}


def _id(row: Fields) -> int:
    number = row.number("HostnameId")
    if number is None:
        raise row.source.below("HostnameId").unreadable("it is missing")
    return number


def _obstacle(row: Fields, on: bool) -> str:
    if not on:
        return "HTTPS is off; switch it on in the ESA console"
    if (status := row.text("Status")) not in _SERVING:
        return f"the hostname is {status}; bring it into service first"
    return "ESA issued this certificate itself and renews it" if row.text("CertType") == "free" else ""
