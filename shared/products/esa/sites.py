"""ESA: the certificates of each site. They form a pool, from which the edge chooses by server name.

An entry of the pool is a slot; its certificate is exchanged in place, so that the old one is served
until the new one is. Nothing is ever added to a pool, nor deleted from one.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from shared.cloud.api import Action
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.names import covers, normalize
from shared.domain.resources import CloudResource
from shared.errors import CloudDeniedError, CloudRejectedError
from shared.products.esa.slots import HOME, PACE, EsaSlots, site_obstacle
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.means import Means
from shared.products.kit.polled import Polled
from shared.products.kit.times import parse_time

_OBSTACLES = {
    "free": "ESA issued this certificate itself and renews it",
    "keyless": "the private key is with a key server of its own; exchange it in the ESA console",
}
_PROVED = 5  #: records of a site that are asked for by handshake, at most
_VALID = ("OK", "Expiring")


class EsaSites(EsaSlots):
    actions: ClassVar = {
        "ListSites": Action("ListSites", method="GET", per_second=PACE),
        "ListRecords": Action("ListRecords", method="GET", per_second=PACE),
        "ListCertificates": Action("ListCertificates", per_second=PACE),
        "GetCertificate": Action("GetCertificate", per_second=PACE),
        "SetCertificate": Action("SetCertificate", place="form", writes=True, per_second=PACE),
    }

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._pools: dict[str, Polled[Answer]] = {}  #: by site
        self._proxied: dict[str, list[Answer]] = {}  #: records, by site
        self._uploads: dict[tuple[str, Any, Any], str] = {}  #: identifiers, by what an entry tells of itself

    def within(self, region: str, holder: Answer) -> Iterator[CloudResource]:
        if entries := list(self._entries(holder["SiteId"])):
            records = list(self._records(holder["SiteId"]))
            for entry in entries:
                yield self._resource(holder, entry, _met(entry, entries, records))

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
            return Look(Carries.WANTED, slot.evolve(**_asked(self._both(resource, wanted))))
        if own is None:
            return None
        slot = self._updated(resource, own)
        carries = carrying(change, slot.cert_identifier)
        return Look(carries, slot, settled=carries is not Carries.WANTED or own["Status"] in _VALID)

    def _elsewhere(
        self, site: str, pool: Iterable[Answer], own: Answer | None, wanted: Certificate
    ) -> Answer | None:
        """The entry that holds what is wanted, where it is not the slot's own."""
        held = [
            entry
            for entry in pool
            if entry["Status"] in _VALID and self._identifier(site, entry) == wanted.identifier
        ]
        return None if not held or own in held else held[0]

    def _both(self, resource: CloudResource, wanted: Certificate) -> list[Answer]:
        """The records that the slot and the certificate are for."""
        site = resource.instance_id
        if site not in self._proxied:
            self._proxied[site] = list(self._records(int(site)))
        return [
            record
            for record in self._proxied[site]
            if wanted.covers(name := normalize(record["RecordName"]))
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

    def _pool(self, site_id: str) -> Polled[Answer]:
        """A site's entries, by id: the list is read once for all slots that want to know."""

        def read() -> dict[str, Answer]:
            return {entry["Id"]: entry for entry in self._entries(site_id)}

        return self._pools.setdefault(site_id, Polled(read))

    def _entries(self, site_id: str | int) -> Iterator[Answer]:
        for page in self._numbered_pages("ListCertificates", HOME, SiteId=int(site_id)):
            yield from page["Result"]

    def _records(self, site_id: int) -> Iterator[Answer]:
        for page in self._numbered_pages("ListRecords", HOME, SiteId=site_id, Proxied=True):
            yield from page["Records"]

    def _resource(self, site: Answer, entry: Answer, met: list[Answer]) -> CloudResource:
        slot = CloudResource(
            product=self.product,
            resource_id=f"{site['SiteId']}/{entry['Id']}",
            instance_id=str(site["SiteId"]),
            instance_name=site["SiteName"],
            domains_of_certificate=True,
            **_asked(met),
            obstacle=site_obstacle(site["Status"]) or _OBSTACLES.get(entry["Type"], ""),
        )
        return self._updated(slot, entry)

    def _updated(self, slot: CloudResource, entry: Answer) -> CloudResource:
        return slot.evolve(
            resource_id=f"{slot.instance_id}/{entry['Id']}",
            listener_id=entry["Id"],
            domains=_names(entry),
            cert_identifier=self._identifier(slot.instance_id, entry),
            cert_not_after=parse_time(entry.get("NotAfter")),
        )

    def _identifier(self, site_id: str, entry: Answer) -> str:
        kind = entry["Type"]
        if kind == "cas" and (cert_id := str(entry.get("CasId") or "")):
            if region := entry.get("Region"):
                return identifier_of(cert_id, region)
            return identifier_in(self._catalogue, cert_id)
        if kind != "upload":
            return f"{kind}:{entry['Id']}"
        shown = (entry["Id"], entry.get("FingerprintSha256"), entry.get("SerialNumber"))
        if shown not in self._uploads:
            answer = self._call("GetCertificate", HOME, SiteId=int(site_id), Id=entry["Id"])
            self._uploads[shown] = self._uploaded(answer.get("Certificate"))
        return self._uploads[shown]


def _names(entry: Answer) -> tuple[str, ...]:
    texts = (entry.get("SAN") or entry.get("CommonName") or "").split(",")
    return tuple(dict.fromkeys(normalize(name) for text in texts if (name := text.strip())))


def _met(entry: Answer, entries: Iterable[Answer], records: Iterable[Answer]) -> list[Answer]:
    """The records that are served this certificate, whatever the edge's rule of choice.

    Not those that another one of the same kind of key is for as well.
    """
    rivals = [
        name
        for other in entries
        if other["Id"] != entry["Id"]
        and other["Status"] in _VALID
        and other.get("PubAlg") == entry.get("PubAlg")
        for name in _names(other)
    ]
    own = [r for r in records if any(covers(name, normalize(r["RecordName"])) for name in _names(entry))]
    return [r for r in own if not any(covers(name, normalize(r["RecordName"])) for name in rivals)]


def _asked(records: list[Answer]) -> dict[str, Any]:
    """Where and by which names a handshake asks for some of them."""
    if not records:
        return {"endpoint": "", "server_names": ()}
    address = records[0].get("RecordCname") or records[0]["RecordName"]
    return {
        "endpoint": f"{address.replace('*', 'any')}:443",
        "server_names": tuple(normalize(record["RecordName"]) for record in records[:_PROVED]),
    }
