"""CAS 2020-04-07: read the certificates of one store, upload to it, and delete from it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.cloud.api import Action, Api
from shared.cloud.cas_asking import Asking
from shared.cloud.cas_jobs import CasJobs
from shared.cloud.cas_levels import LIST_INSTANCES, Instances, asks_for
from shared.cloud.cas_rows import certificate_of, is_not_yet, joined
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.domain.accounts import OWN, within
from shared.domain.certificates import STORES, Certificate, is_bare_id
from shared.domain.contacts import CasContact
from shared.errors import CloudError, CloudRejectedError, NotFoundError
from shared.validation.secret import SecretPem

#: Its region is the store.
API: Final = Api(
    "cas",
    "2020-04-07",
    "RPC",
    ram="yundun-cert",
    hosts="cas.{region}.aliyuncs.com",
    other_hosts={STORES[0]: "cas.aliyuncs.com"},
)
# The vendor publishes no limit for ListCertificates and details; that of the older list is 10.
LIST_CERTIFICATES: Final = Action("ListCertificates", per_second=10)
LIST_USER_CERTIFICATE_ORDER: Final = Action("ListUserCertificateOrder", per_second=10)
GET_CERTIFICATE_DETAIL: Final = Action("GetCertificateDetail", per_second=10)
GET_USER_CERTIFICATE_DETAIL: Final = Action("GetUserCertificateDetail", per_second=10)
# The vendor's SDKs send certificate and key in the URL. The gateway accepts a form as well.
UPLOAD_USER_CERTIFICATE: Final = Action("UploadUserCertificate", place="form", writes=True, per_second=10)
DELETE_USER_CERTIFICATE: Final = Action("DeleteUserCertificate", writes=True, per_second=10)
# Of the official SDK; its rate is not published.
SHARE_CERTIFICATE: Final = Action("ShareCertificate", writes=True)
LIST_CONTACT: Final = Action("ListContact")
ACTIONS: Final = (
    LIST_CERTIFICATES,
    LIST_USER_CERTIFICATE_ORDER,
    LIST_INSTANCES,
    GET_CERTIFICATE_DETAIL,
    GET_USER_CERTIFICATE_DETAIL,
    UPLOAD_USER_CERTIFICATE,
    DELETE_USER_CERTIFICATE,
    SHARE_CERTIFICATE,
    LIST_CONTACT,
)
#: The actions that list every certificate of a store, without keys.
LISTING: Final = (LIST_CERTIFICATES, LIST_USER_CERTIFICATE_ORDER)
READING: Final = (*LISTING, GET_CERTIFICATE_DETAIL)
_PAGE: Final = 100
_ORDER_PAGE: Final = 50  #: the default of the older list, whose maximum is not published
#: Without a status, the older list omits expired certificates; it never shows revoked ones.
_ORDER_STATUSES: Final = (None, "EXPIRED")

_log = logging.getLogger("certdeploy.cas")


@dataclass(frozen=True)
class KeyPair:
    certificate_pem: str  #: leaf first
    key: SecretPem


@dataclass(frozen=True)
class Listing:
    """What a store has."""

    certificates: list[Certificate]
    ids: frozenset[int]  #: of all rows, also of those that are no certificates yet or cannot be read
    complete: bool  #: as many as CAS says there are
    levels_unread: CloudError | None = None  #: why the level of some that it has sold is not known


class Cas:
    """One store of an account."""

    def __init__(self, openapi: OpenApi, store: str = STORES[0], account: str = OWN) -> None:
        """`openapi`: signs for the account."""
        self.store, self.account = store, account
        self.jobs = CasJobs(openapi, API, store)
        self._openapi = openapi

    def list_certificates(self) -> list[Certificate]:
        """Every certificate of the store, as far as the lists tell of them."""
        return self.listing().certificates

    def listing(self, known: Mapping[int, Certificate] | None = None) -> Listing:
        """Every certificate of the store.

        With `known`, by id, what the lists leave out is asked for one by one, once for each certificate:
        serial and chain always, other fields now and then; of new ones first. Certificates that only the
        older list shows, such as a private CA's, are read one by one in any case: that list tells neither
        whether CAS holds the key nor its type. The level of one that CAS has sold is asked for once.
        """
        rows, complete = self._all(LIST_CERTIFICATES, "CertificateList", {"ShowSize": _PAGE})
        asking = Asking(self.store, self._detail, known)
        orders: dict[int, Fields] = {}
        for status in _ORDER_STATUSES:
            params = {"OrderType": "CERT", "Status": status, "ShowSize": _ORDER_PAGE}
            more, all_of_them = self._all(LIST_USER_CERTIFICATE_ORDER, "CertificateOrderList", params)
            orders, complete = more | orders, complete and all_of_them
        found = {
            cert_id: asking.certificate(cert_id, _owned(rows[cert_id], orders.get(cert_id)))
            for cert_id in sorted(rows, key=(known or {}).__contains__)
        }
        for cert_id in [one for one in orders if one not in rows]:
            found[cert_id] = asking.ordered(cert_id, orders[cert_id])
        certificates = [one.evolve(account=self.account) for one in found.values() if one is not None]
        unread = None
        if known is not None and any(map(asks_for, certificates)):
            certificates, unread = self._with_levels(certificates, orders | rows)
        return Listing(certificates, frozenset(found), complete, unread)

    def _with_levels(
        self, certificates: list[Certificate], rows: Mapping[int, Fields]
    ) -> tuple[list[Certificate], CloudError | None]:
        """`rows`: by certificate, which name its instance."""
        sold = Instances(lambda params: self._call(LIST_INSTANCES, params))

        def leveled(one: Certificate) -> Certificate:
            if not asks_for(one):
                return one
            return one.evolve(level=sold.level_of(one, str(rows[one.cert_id].get("InstanceId") or "")))

        return [leveled(one) for one in certificates], sold.failed

    def _detail(self, cert_id: int) -> Fields:
        """What CAS tells of one certificate; nothing if it is not in this store."""
        try:
            return self._call(GET_CERTIFICATE_DETAIL, {"CertificateId": cert_id})
        except CloudRejectedError as error:
            if not error.cloud_code.startswith("NotFound"):
                raise
            return Fields()

    def get_detail(self, cert_id: int) -> Certificate:
        """One certificate without its PEM, so without access to keys.

        Raises:
            NotFoundError: it is not in this store, or is no certificate yet.
            UnreadableAnswerError: it is there, and cannot be read.
        """
        row = self._detail(cert_id)
        if row.keys() <= {"RequestId"} or is_not_yet(row):
            raise NotFoundError("Certificate", self._named(cert_id))
        found = certificate_of(joined({"CertificateId": cert_id}, row), self.store)
        if found is None:
            raise row.source.unreadable(f"{self._named(cert_id)} is no certificate that can be read")
        return found.evolve(account=self.account)

    def upload(self, name: str, certificate_pem: str, key: SecretPem) -> int:
        """Add a certificate and return its id. `name`: at most 63 characters, not yet used in the account.

        Raises:
            CloudRejectedError: the name is taken (NameRepeat), or CAS rejects the PEM.
            CloudUnavailableError, UnreadableAnswerError: it may have been added; look for `name` before
                uploading again.
        """
        params = {"Name": name, "Cert": certificate_pem, "Key": key.reveal()}
        return self._call(UPLOAD_USER_CERTIFICATE, params).needed_number("CertId")

    def share(self, cert_id: int, account: str) -> None:
        """Let another account of the same verified entity have it, without its key being read.

        Raises:
            CloudRejectedError: among others, it is of another entity (OperationDenied.NotSameCompanyEntity).
        """
        self._call(SHARE_CERTIFICATE, {"CertificateId": cert_id, "TargetUserId": int(account)})

    def delete(self, cert_id: int) -> None:
        """Remove a certificate that was uploaded, or has ended, with its key.

        Raises:
            NotFoundError: it is not there.
            CloudRejectedError: CAS keeps it (InvalidStatus.DeleteProtection).
        """
        try:
            self._call(DELETE_USER_CERTIFICATE, {"CertId": cert_id})
        except CloudRejectedError as error:
            if error.cloud_code.startswith("NotFound"):
                raise NotFoundError("Certificate", self._named(cert_id)) from None
            raise

    def key_pair(self, cert_id: int) -> KeyPair:
        """The PEM with its private key, for products that accept nothing else."""
        row = self._call(GET_USER_CERTIFICATE_DETAIL, {"CertId": cert_id, "CertFilter": False})
        pem, key = row.text("Cert"), row.text("Key")
        if not pem or not key:
            which = self._named(cert_id)
            code, message = (
                ("SM2", f"{which} is an SM2 certificate, which this version does not handle")
                if row.get("SignCert") or row.get("Algorithm") == "SM2"
                else ("KeyMissing", f"CAS holds no private key of {which}")
            )
            request_id = str(row.get("RequestId", "-"))
            raise CloudRejectedError(GET_USER_CERTIFICATE_DETAIL.name, code, message, request_id)
        return KeyPair(pem, SecretPem(key))

    def list_contacts(self) -> list[CasContact]:
        rows, _ = self._all(LIST_CONTACT, "ContactList", {"ShowSize": _PAGE}, "ContactId")
        return [
            CasContact(
                contact_id=contact_id,
                name=row.text("Name"),
                email=row.text("Email"),
                mobile=row.text("Mobile"),
            )
            for contact_id, row in rows.items()
        ]

    def _named(self, cert_id: int) -> str:
        return f"{cert_id}-{within(self.account, self.store)}"

    def _call(self, action: Action, params: Mapping[str, Any]) -> Fields:
        return self._openapi.call(API, action, params, region=self.store)

    def _all(
        self, action: Action, items: str, params: Mapping[str, Any], key: str = "CertificateId"
    ) -> tuple[dict[int, Fields], bool]:
        """All rows by id, and whether they are as many as CAS says. If they are not, they are read again."""
        for _ in range(2):
            rows, total = self._pages(action, items, params, key)
            if len(rows) == total:
                return rows, True
        facts = {"action": action.name, "total": total, "rows": len(rows)}
        _log.warning("a list has another number of rows than it says", extra=facts)
        return rows, False

    def _pages(
        self, action: Action, items: str, params: Mapping[str, Any], key: str
    ) -> tuple[dict[int, Fields], int | None]:
        """The rows of all pages, and how many the last of them says there are: a hint, which may be off."""
        rows: dict[int, Fields] = {}
        last: list[str] | None = None
        page = 0
        while True:
            page += 1
            answer = self._call(action, {"CurrentPage": page, **params})
            found, total = answer.rows(items), answer.number("TotalCount")
            numbered = {str(row.get(key)): row for row in found}
            rows.update((int(cert_id), row) for cert_id, row in numbered.items() if is_bare_id(cert_id))
            told = total if total is not None and len(rows) <= total else None
            size = params["ShowSize"]  # a page that is just full is not the last, whatever the total says
            ended = len(found) < size if told is None else len(rows) == told and len(found) != size
            if not found or list(numbered) == last or ended:
                return rows, total
            last = list(numbered)


def _owned(row: Fields, order: Fields | None) -> Fields:
    """With the owner's organisation, which only the older list tells."""
    return Fields({**row, "OrgName": order["OrgName"]}) if order and order.get("OrgName") else row
