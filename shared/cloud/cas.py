"""CAS 2020-04-07: read the certificates of one store, and upload to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.cloud.api import Action, Api
from shared.cloud.cas_rows import certificate_of, certificate_of_order
from shared.cloud.openapi import OpenApi
from shared.domain.certificates import Certificate
from shared.domain.jobs import Contact
from shared.errors import CloudRejectedError, CloudUnavailableError, NotFoundError
from shared.validation.secret import SecretPem

#: Its region is the store: one for each of the vendor's two sites.
API: Final = Api(
    "cas",
    "2020-04-07",
    "RPC",
    ram="yundun-cert",
    hosts="cas.{region}.aliyuncs.com",
    other_hosts={"cn-hangzhou": "cas.aliyuncs.com"},
)
# The vendor publishes no limit for ListCertificates; that of the older list is 10.
LIST_CERTIFICATES: Final = Action("ListCertificates", per_second=10)
LIST_USER_CERTIFICATE_ORDER: Final = Action("ListUserCertificateOrder", per_second=10)
GET_CERTIFICATE_DETAIL: Final = Action("GetCertificateDetail")
GET_USER_CERTIFICATE_DETAIL: Final = Action("GetUserCertificateDetail", per_second=100)
# The vendor's SDKs send certificate and key in the URL. The gateway accepts a form as well.
UPLOAD_USER_CERTIFICATE: Final = Action("UploadUserCertificate", place="form", writes=True, per_second=100)
LIST_CONTACT: Final = Action("ListContact")
ACTIONS: Final = (
    LIST_CERTIFICATES,
    LIST_USER_CERTIFICATE_ORDER,
    GET_CERTIFICATE_DETAIL,
    GET_USER_CERTIFICATE_DETAIL,
    UPLOAD_USER_CERTIFICATE,
    LIST_CONTACT,
)
#: The actions that list every certificate of a store, without keys.
READING: Final = (LIST_CERTIFICATES, LIST_USER_CERTIFICATE_ORDER, GET_CERTIFICATE_DETAIL)
_PAGE: Final = 100
_ORDER_PAGE: Final = 50  #: the default of the older list, whose maximum is not published
#: Without a status, the older list omits expired certificates; it never shows revoked ones.
_ORDER_STATUSES: Final = (None, "EXPIRED")


@dataclass(frozen=True)
class KeyPair:
    certificate_pem: str  #: leaf first
    key: SecretPem


class Cas:
    """One store of the account: cn-hangzhou, or ap-southeast-1 (International site)."""

    def __init__(self, openapi: OpenApi, store: str = "cn-hangzhou") -> None:
        self.store = store
        self._openapi = openapi

    def list_certificates(self) -> list[Certificate]:
        """Every certificate of the store; complete, or it raises.

        Certificates that only the older list shows, such as a private CA's, are read one by one: that list
        tells neither whether CAS holds the key nor the type of the key.
        """
        rows = self._all(LIST_CERTIFICATES, "CertificateList", "CertificateId", {"ShowSize": _PAGE})
        found = [certificate_of(row, self.store) for row in rows]
        listed = {str(row["CertificateId"]) for row in rows}
        for row in self._orders():
            if str(row["CertificateId"]) not in listed:
                listed.add(str(row["CertificateId"]))
                found.append(self._missing(row))
        return [certificate for certificate in found if certificate is not None]

    def _orders(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for status in _ORDER_STATUSES:
            params = {"OrderType": "CERT", "Status": status, "ShowSize": _ORDER_PAGE}
            rows += self._all(LIST_USER_CERTIFICATE_ORDER, "CertificateOrderList", "CertificateId", params)
        return rows

    def _missing(self, order: Mapping[str, Any]) -> Certificate | None:
        try:
            return self.get_detail(int(order["CertificateId"]))
        except NotFoundError:
            return certificate_of_order(order, self.store)

    def get_detail(self, cert_id: int) -> Certificate:
        """One certificate without its PEM, so without access to keys.

        Raises:
            NotFoundError: it is not in this store.
        """
        try:
            row = self._call(GET_CERTIFICATE_DETAIL, {"CertificateId": cert_id})
        except CloudRejectedError as error:
            if not error.cloud_code.startswith("NotFound"):
                raise
            row = {}
        found = certificate_of(row, self.store) if row else None
        if found is None:
            raise NotFoundError("Certificate", f"{cert_id}-{self.store}")
        return found

    def upload(self, name: str, certificate_pem: str, key: SecretPem) -> int:
        """Add a certificate and return its id. `name`: at most 63 characters, not yet used in the account.

        Raises:
            CloudRejectedError: the name is taken (NameRepeat), or CAS rejects the PEM.
            CloudUnavailableError: it may have been added; look for `name` before uploading again.
        """
        params = {"Name": name, "Cert": certificate_pem, "Key": key.reveal()}
        return int(self._call(UPLOAD_USER_CERTIFICATE, params)["CertId"])

    def key_pair(self, cert_id: int) -> KeyPair:
        """The PEM with its private key, for products that accept nothing else."""
        row = self._call(GET_USER_CERTIFICATE_DETAIL, {"CertId": cert_id, "CertFilter": False})
        if not row.get("Cert") or not row.get("Key"):
            which = f"{cert_id}-{self.store}"
            code, message = (
                ("SM2", f"{which} is an SM2 certificate, which this version does not handle")
                if row.get("SignCert") or row.get("Algorithm") == "SM2"
                else ("KeyMissing", f"CAS holds no private key of {which}")
            )
            request_id = str(row.get("RequestId", "-"))
            raise CloudRejectedError(GET_USER_CERTIFICATE_DETAIL.name, code, message, request_id)
        return KeyPair(row["Cert"], SecretPem(row["Key"]))

    def list_contacts(self) -> list[Contact]:
        return [
            Contact(
                contact_id=int(row["ContactId"]),
                name=row.get("Name", ""),
                email=row.get("Email") or "",
                mobile=row.get("Mobile") or "",
            )
            for row in self._all(LIST_CONTACT, "ContactList", "ContactId", {"ShowSize": _PAGE})
        ]

    def _call(self, action: Action, params: Mapping[str, Any]) -> dict[str, Any]:
        return self._openapi.call(API, action, params, region=self.store)

    def _all(self, action: Action, items: str, key: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All rows of all pages. If the list changes while it is read, it is read again."""
        for _ in range(2):
            rows: dict[str, dict[str, Any]] = {}
            page = total = 0
            while page == 0 or len(rows) < total:
                page += 1
                answer = self._call(action, {"CurrentPage": page, **params})
                total = int(answer.get("TotalCount", -1))  # missing: never equal, so refused below
                if not (found := answer.get(items) or []):
                    break
                rows.update((str(row[key]), row) for row in found)
            if len(rows) == total:
                return list(rows.values())
        raise CloudUnavailableError(
            action.name, "ListChanged", f"the list has {total} rows but returned {len(rows)}"
        )
