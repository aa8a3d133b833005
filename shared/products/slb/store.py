"""The store of server certificates that a region of SLB has: CLB and SAE on CLB take theirs from it.

A certificate is put there once per region, by its CAS id where CAS is the China site's, else as PEM.
It is found again by that id, by its fingerprint, or by our name and its end: CAS's fingerprint may be that
of the key.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Lock
from typing import ClassVar, Final

from shared.cloud import cas
from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import STORES, Certificate
from shared.domain.resources import CloudProduct
from shared.domain.stored import StoredCertificate
from shared.errors import CloudRejectedError
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means
from shared.products.kit.times import parse_time

#: The central host serves other regions too, by its regional endpoints' list, and does not always answer.
API: Final = Api(
    "slb",
    "2014-05-15",
    "RPC",
    ram="slb",
    hosts="slb.{region}.aliyuncs.com",
    other_hosts={"cn-hangzhou": "slb.aliyuncs.com"},
)
_DESCRIBE: Final = Action("DescribeServerCertificates", api=API)
_UPLOAD: Final = Action("UploadServerCertificate", api=API, writes=True)
# The vendor's SDKs put the PEM and its key into the URL. The gateway reads a form just as well.
_UPLOAD_PEM: Final = Action("UploadServerCertificate", api=API, place="form", writes=True)
_DELETE: Final = Action("DeleteServerCertificate", api=API, writes=True)
#: Of a clean-up.
CLEANING: Final = (_DESCRIBE, _DELETE)
_OURS: Final = "cas-"
_PUT: Final = re.compile(rf"{_OURS}([0-9]{{1,19}}-[a-z0-9-]+)")  #: a name that we gave
_CHINA: Final = STORES[0]
_ROUNDING: Final = timedelta(days=1)  #: older lists of CAS tell the day only


class SlbStore:
    """The account's stores. An upload is made by one at a time, so that there is no second copy."""

    actions: ClassVar = {action.name: action for action in (_DESCRIBE, _UPLOAD)}
    #: the key of a certificate that is taken as PEM only
    other_stores_granted = cas.API.rights(cas.GET_USER_CERTIFICATE_DETAIL)

    def __init__(self, means: Means) -> None:
        self._client = means.client
        self._pairs = KeyPairs(means.client, traditional=True)
        self._catalogue = means.catalogue
        self._exclusive = means.exclusive
        self._uploading = Lock()  # threads of this function wait for each other
        self._reading = Lock()
        self._known: dict[
            tuple[str, str], Fields
        ] = {}  #: by region and the store's id, which keeps its meaning
        self._copies: dict[tuple[str, str], str] = {}  #: the store's ids by region and ours

    @classmethod
    def granted(cls, *, writes: bool) -> frozenset[str]:
        """The RAM actions that another product's adapter needs for it."""
        own = API.rights(*(row for row in cls.actions.values() if writes or not row.writes))
        return own | (cls.other_stores_granted if writes else frozenset())

    def identifiers(self, region: str) -> dict[str, str]:
        """What CAS calls each certificate of the region, by the store's id."""
        return {row.text("ServerCertificateId"): self._identifier(row) for row in self._rows(region)}

    def identifier(self, region: str, store_id: str) -> str:
        """What CAS calls one certificate; a text of our own where CAS does not know it."""
        row = self._row(region, store_id)
        return self._identifier(row) if row else f"upload:{store_id}"

    def end(self, region: str, store_id: str) -> datetime | None:
        """Of one certificate, where the store tells it."""
        row = self._row(region, store_id)
        return parse_time(row.text("ExpireTime")) if row else None

    def holds(self, region: str, store_id: str, certificate: Certificate) -> bool:
        """Whether the store means `certificate` by this id."""
        row = self._row(region, store_id)
        return row is not None and _same(row, certificate)

    def id_of(self, region: str, identifier: str) -> str:
        """The store's id of what `identifier` gives for one certificate, and for no other.

        Raises:
            CloudRejectedError: NotFound.
        """
        rows = self._rows(region)
        named = [row.text("ServerCertificateId") for row in rows if self._identifier(row) == identifier]
        if len(named) != 1:
            why = (
                f"the store has {len(named)} certificates that are called {identifier}, so the new one stays"
            )
            raise CloudRejectedError("deploy", "NotFound", why)
        return named[0]

    def put(self, region: str, certificate: Certificate) -> str:
        """The store's id of `certificate`, uploaded if it is not there.

        Raises:
            CloudRejectedError: the store is full, or does not take the certificate.
            CloudUnavailableError: it may be there by now; another try finds it.
            ConflictError: another function uploads it just now; likewise.
        """
        key = region, certificate.identifier
        with self._uploading:
            if there := self._copies.get(key) or self._copy(region, certificate):
                self._copies[key] = there
                return there
            with self._exclusive(f"slb-store/{region}/{certificate.identifier}"):
                self._copies[key] = self._copy(region, certificate) or self._upload(region, certificate)
            return self._copies[key]

    def stored(self, region: str) -> Iterator[StoredCertificate]:
        for row in self._rows(region):
            name = row.text("ServerCertificateName")
            yield StoredCertificate(
                product=CloudProduct.SLB,
                region=region,
                stored_id=row.text("ServerCertificateId"),
                name=name,
                cert_identifier=self._identifier(row),
                not_after=parse_time(row.text("ExpireTime")),
                put_at=parse_time(row.text("CreateTime")),
                put_as=put[1] if (put := _PUT.fullmatch(name)) else "",
            )

    def delete(self, region: str, store_id: str) -> None:
        """Raises CloudRejectedError: among others, a listener has it. An id never means another one."""
        params = {"RegionId": region, "ServerCertificateId": store_id}
        self._client.call(API, _DELETE, params, region=region)

    def forget(self, region: str, certificate: Certificate) -> None:
        """Its copy is not there any more."""
        with self._uploading:
            self._copies.pop((region, certificate.identifier), None)

    def _copy(self, region: str, certificate: Certificate) -> str:
        rows = self._rows(region)
        copies = [row.text("ServerCertificateId") for row in rows if _same(row, certificate)]
        return min(copies, default="")

    def _upload(self, region: str, certificate: Certificate) -> str:
        params = {"RegionId": region, "ServerCertificateName": _name(certificate)}
        if certificate.store == _CHINA:
            action = _UPLOAD
            params |= {
                "AliCloudCertificateId": str(certificate.cert_id),
                "AliCloudCertificateName": certificate.name,
                "AliCloudCertificateRegionId": certificate.store,
            }
        else:  # outside the China site it takes no reference
            action = _UPLOAD_PEM
            pair = self._pairs.of(certificate)
            params |= {"ServerCertificate": pair.certificate_pem, "PrivateKey": pair.key.reveal()}
        store_id = self._client.call(API, action, params, region=region).needed("ServerCertificateId")
        told = {name: params.get(name) for name in ("ServerCertificateName", "AliCloudCertificateId")}
        ours = {"ServerCertificateId": store_id, "Fingerprint": certificate.fingerprint}
        self._known[region, store_id] = Fields(ours | told)
        return store_id

    def _row(self, region: str, store_id: str) -> Fields | None:
        """What the store tells of one certificate; asked once."""
        key = region, store_id
        with self._reading:
            if key not in self._known:
                self._rows(region, store_id)
            return self._known.get(key)

    def _rows(self, region: str, store_id: str | None = None) -> list[Fields]:
        """The listing has no pages. A row without id is no certificate that could be bound."""
        params = {"RegionId": region, "ServerCertificateId": store_id}
        answer = self._client.call(API, _DESCRIBE, params, region=region)
        rows = answer.rows("ServerCertificates", "ServerCertificate")
        found = [row for row in rows if row.text("ServerCertificateId")]
        self._known |= {(region, row.text("ServerCertificateId")): row for row in found}
        return found

    def _identifier(self, row: Fields) -> str:
        name = row.text("ServerCertificateName")
        if cas_id := _cas_id(row):
            return identifier_in(self._catalogue, cas_id)
        certificate = self._catalogue.by_fingerprint(_fingerprint(row))
        if certificate is None and (ours := self._catalogue.by_identifier(name.removeprefix(_OURS))):
            certificate = ours if _same(row, ours) else None
        return certificate.identifier if certificate else f"upload:{name or row.text('ServerCertificateId')}"


def _same(row: Fields, certificate: Certificate) -> bool:
    if certificate.store == _CHINA and _cas_id(row) == str(certificate.cert_id):
        return True
    fingerprint = _fingerprint(row)
    if fingerprint and fingerprint == certificate.fingerprint:
        return True
    if row.text("ServerCertificateName") != _name(certificate):
        return False
    if end := parse_time(row.text("ExpireTime")):  # CAS's fingerprint may be that of the key
        return abs(end - certificate.not_after) <= _ROUNDING
    return not fingerprint or len(fingerprint) != len(certificate.fingerprint)


def _name(certificate: Certificate) -> str:
    """It starts with a letter, and has letters, digits, dots and dashes only."""
    return f"{_OURS}{certificate.identifier}"


def _cas_id(row: Fields) -> str:
    """`"0"` and nothing both say that it did not come from CAS."""
    text = row.text("AliCloudCertificateId")
    return "" if text == "0" else text


def _fingerprint(row: Fields) -> str:
    """SHA-1 in the vendor's samples, SHA-256 by some of its texts."""
    return row.text("Fingerprint").replace(":", "").lower()
