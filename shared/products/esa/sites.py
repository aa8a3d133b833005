"""ESA: the certificates of each site. They form a pool, from which the edge chooses by server name.

An entry of the pool is a slot; its certificate is exchanged in place, so that the old one is served
until the new one is. Nothing is ever added to a pool; a clean-up deletes from one what another entry is for.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, ClassVar

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.names import covers
from shared.domain.resources import CloudResource
from shared.domain.stored import StoredCertificate
from shared.errors import CloudDeniedError, CloudRejectedError
from shared.products.esa.records import VALID, asked_at, met_by, names_of, number_of, record_name
from shared.products.esa.slots import API, HOME, PACE, EsaSlots, site_obstacle
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.found import Found, Unread, told
from shared.products.kit.means import Means
from shared.products.kit.polled import Polled
from shared.products.kit.times import parse_time

_OBSTACLES = {
    "free": "ESA issued this certificate itself and renews it",
    "keyless": "the private key is with a key server of its own; exchange it in the ESA console",
}


_DELETE = Action("DeleteCertificate", method="GET", writes=True, per_second=PACE)
_ENDED = "Expired"


class EsaSites(EsaSlots):
    actions: ClassVar = {
        "ListSites": Action("ListSites", method="GET", per_second=PACE),
        "ListRecords": Action("ListRecords", method="GET", per_second=PACE),
        "ListCertificates": Action("ListCertificates", per_second=PACE),
        "GetCertificate": Action("GetCertificate", per_second=PACE),
        "SetCertificate": Action("SetCertificate", place="form", writes=True, per_second=PACE),
    }

    has_store = True
    cleaning = (actions["ListSites"], actions["ListCertificates"], actions["GetCertificate"], _DELETE)
    not_stored = frozenset({"certificate.notexist", "certificate.notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._pools: dict[str, Polled[Fields]] = {}  #: by site
        self._proxied: dict[str, list[Fields]] = {}  #: records, by site
        self._uploads: dict[tuple[str, Any, Any], str] = {}  #: identifiers, by what an entry tells of itself

    def within(self, region: str, holder: Fields) -> Iterator[Found]:
        site_id = holder.needed("SiteId")
        if entries := list(self._entries(site_id)):
            records = list(self._records(site_id))
            yield from self._each(
                entries, "Id", lambda entry: [self._resource(holder, entry, met_by(entry, entries, records))]
            )

    def stored(self, region: str) -> Iterator[StoredCertificate | Unread]:
        for site in self.holders(region):
            yield from told(self.name_of(site) or "a site", partial(self._stored_in, site))

    def _stored_in(self, site: Fields) -> Iterator[StoredCertificate | Unread]:
        for entry in self._entries(site.needed("SiteId")):
            yield from told(str(entry.get("Id") or "an entry"), partial(self._stored, site, entry))

    def _stored(self, site: Fields, entry: Fields) -> Iterator[StoredCertificate]:
        site_id, status = site.needed("SiteId"), entry.text("Status")
        unsettled = "" if status in (*VALID, _ENDED) else f"its status is {status or 'not told'}"
        yield StoredCertificate(
            product=self.product,
            stored_id=f"{site_id}/{entry.needed('Id')}",
            name=entry.text("Name"),
            cert_identifier=self._identifier(site_id, entry),
            not_after=parse_time(entry.text("NotAfter")),
            put_at=parse_time(entry.text("UpdateTime") or entry.text("CreateTime")),
            is_slot=True,
            kept=site_obstacle(site.text("Status")) or _OBSTACLES.get(entry.text("Type"), "") or unsettled,
        )

    def _drop(self, stored: StoredCertificate) -> str:
        """An entry's certificate is exchanged in place, so it is looked at once more."""
        site_id, _, entry_id = stored.stored_id.rpartition("/")
        entry = next((one for one in self._entries(site_id) if one.text("Id") == entry_id), None)
        if entry is None:
            return ""
        if self._identifier(site_id, entry) != stored.cert_identifier:
            return "it has another certificate by now"
        self._client.call(API, _DELETE, {"SiteId": number_of(site_id), "Id": entry_id}, region=HOME)
        return ""

    def _look(self, change: Change) -> Look | None:
        """A pool holds no certificate twice: another entry may have brought it into service.

        Then the slot's own entry stays beside it, and a handshake has to tell which one is served.
        """
        resource, wanted = change.resource, change.wanted
        site = resource.instance_id
        pool = self._pool(site).rows(resource.listener_id)
        own = pool.get(resource.listener_id)
        if wanted and (elsewhere := self._elsewhere(site, pool.values(), own, wanted)):
            slot = self._updated(resource, elsewhere)
            return Look(Carries.WANTED, slot.evolve(**asked_at(self._both(resource, wanted))))
        if own is None:
            return None
        slot = self._updated(resource, own)
        carries = carrying(change, slot.cert_identifier)
        return Look(carries, slot, settled=carries is not Carries.WANTED or own.text("Status") in VALID)

    def _elsewhere(
        self, site: str, pool: Iterable[Fields], own: Fields | None, wanted: Certificate
    ) -> Fields | None:
        """The entry that holds what is wanted, where it is not the slot's own."""
        held = [
            entry
            for entry in pool
            if entry.text("Status") in VALID and self._identifier(site, entry) == wanted.identifier
        ]
        return None if not held or own in held else held[0]

    def _both(self, resource: CloudResource, wanted: Certificate) -> list[Fields]:
        """The records that the slot and the certificate are for."""
        site = resource.instance_id
        if site not in self._proxied:
            self._proxied[site] = list(self._records(site))
        return [
            record
            for record in self._proxied[site]
            if wanted.covers(name := record_name(record))
            and any(covers(domain, name) for domain in resource.domains)
        ]

    def _write(self, change: Change, look: Look) -> None:
        resource = change.resource
        assert change.wanted is not None, "an entry is never emptied"
        try:
            self._call(
                "SetCertificate",
                HOME,
                SiteId=int(resource.instance_id),
                Id=resource.listener_id,
                Type="cas",
                CasId=change.wanted.cert_id,
                Region=change.wanted.store,
            )
        except (CloudRejectedError, CloudDeniedError) as error:
            code = error.cloud_code.lower()
            if code.endswith("overquota"):  # said as if a permission were missing
                full = (
                    f"the certificate quota of {resource.instance_name} is full; delete one that is not used"
                )
                raise CloudRejectedError(error.action, error.cloud_code, full, error.request_id) from None
            if code != "certificate.duplicated":  # the pool has it, so a look finds it
                raise
        finally:
            self._pool(resource.instance_id).changed(resource.listener_id)

    def _pool(self, site_id: str) -> Polled[Fields]:
        """A site's entries, by id: the list is read once for all slots that want to know."""

        def read() -> dict[str, Fields]:
            return {entry.text("Id"): entry for entry in self._entries(site_id)}

        return self._pools.setdefault(site_id, Polled(read))

    def _entries(self, site_id: str) -> Iterator[Fields]:
        return self._numbered_rows("ListCertificates", HOME, at=("Result",), SiteId=number_of(site_id))

    def _records(self, site_id: str) -> Iterator[Fields]:
        """Those that have a name."""
        rows = self._numbered_rows(
            "ListRecords", HOME, at=("Records",), SiteId=number_of(site_id), Proxied=True
        )
        return (row for row in rows if record_name(row))

    def _resource(self, site: Fields, entry: Fields, met: list[Fields]) -> CloudResource:
        slot = CloudResource(
            product=self.product,
            resource_id=f"{site.needed('SiteId')}/{entry.needed('Id')}",
            instance_id=site.needed("SiteId"),
            instance_name=site.text("SiteName"),
            domains_of_certificate=True,
            **asked_at(met),
            obstacle=site_obstacle(site.text("Status")) or _OBSTACLES.get(entry.text("Type"), ""),
        )
        return self._updated(slot, entry)

    def _updated(self, slot: CloudResource, entry: Fields) -> CloudResource:
        return slot.named_by(names_of(entry)).evolve(
            resource_id=f"{slot.instance_id}/{entry.needed('Id')}",
            listener_id=entry.needed("Id"),
            cert_identifier=self._identifier(slot.instance_id, entry),
            cert_not_after=parse_time(entry.text("NotAfter")),
        )

    def _identifier(self, site_id: str, entry: Fields) -> str:
        kind, entry_id = entry.needed("Type"), entry.needed("Id")
        if kind == "cas" and (cert_id := entry.text("CasId")):
            if region := entry.text("Region"):
                return identifier_of(cert_id, region)
            return identifier_in(self._catalogue, cert_id)
        if kind != "upload":
            return f"{kind}:{entry_id}"
        shown = (entry_id, entry.text("FingerprintSha256"), entry.text("SerialNumber"))
        if shown not in self._uploads:
            answer = self._call("GetCertificate", HOME, SiteId=number_of(site_id), Id=entry_id)
            self._uploads[shown] = self._uploaded(answer.text("Certificate"))
        return self._uploads[shown]
