"""CAS 2020-04-07: reads the certificates of one store, and uploads to it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from shared.cloud.api import Action, Api
from shared.cloud.openapi import OpenApi
from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.jobs import Contact
from shared.domain.names import normalize
from shared.errors import CloudRejectedError, CloudUnavailableError, NotFoundError
from shared.validation.secret import SecretPem

API: Final = Api("cas", "2020-04-07", "RPC", "yundun-cert")
# The vendor publishes no limit for ListCertificates; its older sibling's is 10.
LIST_CERTIFICATES: Final = Action("ListCertificates", per_second=10)
GET_CERTIFICATE_DETAIL: Final = Action("GetCertificateDetail")
GET_USER_CERTIFICATE_DETAIL: Final = Action("GetUserCertificateDetail", per_second=100)
# The vendor's SDKs put certificate and key into the URL. The gateway reads a form just as well.
UPLOAD_USER_CERTIFICATE: Final = Action("UploadUserCertificate", place="form", writes=True, per_second=100)
LIST_CONTACT: Final = Action("ListContact")
ACTIONS: Final = (
    LIST_CERTIFICATES,
    GET_CERTIFICATE_DETAIL,
    GET_USER_CERTIFICATE_DETAIL,
    UPLOAD_USER_CERTIFICATE,
    LIST_CONTACT,
)
_PAGE: Final = 100
_MS_FROM: Final = 10**11  #: greater numbers are ms: the unit is not documented

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeyPair:
    certificate_pem: str  #: leaf first
    key: SecretPem


class Cas:
    """One store of the account: cn-hangzhou, or ap-southeast-1 for the International site's."""

    def __init__(self, openapi: OpenApi, store: str = "cn-hangzhou") -> None:
        self.store = store
        self._openapi = openapi

    def list_certificates(self) -> list[Certificate]:
        """Every certificate of the store; complete, or it raises."""
        rows = self._all(LIST_CERTIFICATES, "CertificateList", "CertificateId")
        return [found for row in rows if (found := self._certificate(row)) is not None]

    def get_detail(self, cert_id: int) -> Certificate:
        """One certificate, without its PEM: needs no access to keys.

        Raises:
            NotFoundError: it is not in this store.
        """
        try:
            row = self._call(GET_CERTIFICATE_DETAIL, {"CertificateId": cert_id})
        except CloudRejectedError as error:
            if not error.cloud_code.startswith("NotFound"):
                raise
            row = {}
        found = self._certificate(row) if row else None
        if found is None:
            raise NotFoundError("Certificate", f"{cert_id}-{self.store}")
        return found

    def upload(self, name: str, certificate_pem: str, key: SecretPem) -> int:
        """Add a certificate; its id. `name` has at most 63 characters and is new to the account.

        Raises:
            CloudRejectedError: the name is taken (NameRepeat), or CAS finds fault with the PEM.
            CloudUnavailableError: it may have been added; look for `name` before uploading again.
        """
        params = {"Name": name, "Cert": certificate_pem, "Key": key.reveal()}
        return int(self._call(UPLOAD_USER_CERTIFICATE, params)["CertId"])

    def key_pair(self, cert_id: int) -> KeyPair:
        """The PEM with its private key, for products that take nothing else."""
        row = self._call(GET_USER_CERTIFICATE_DETAIL, {"CertId": cert_id, "CertFilter": False})
        if not row.get("Cert") or not row.get("Key"):
            raise CloudRejectedError(
                GET_USER_CERTIFICATE_DETAIL.name,
                "NoPrivateKey",
                f"CAS holds no private key of {cert_id}-{self.store}",
                str(row.get("RequestId", "-")),
            )
        return KeyPair(row["Cert"], SecretPem(row["Key"]))

    def list_contacts(self) -> list[Contact]:
        return [
            Contact(
                contact_id=int(row["ContactId"]),
                name=row.get("Name", ""),
                email=row.get("Email") or "",
                mobile=row.get("Mobile") or "",
            )
            for row in self._all(LIST_CONTACT, "ContactList", "ContactId")
        ]

    def _call(self, action: Action, params: Mapping[str, Any]) -> dict[str, Any]:
        return self._openapi.call(API, action, params, region=self.store)

    def _all(self, action: Action, items: str, key: str) -> list[dict[str, Any]]:
        """Every row of every page. The list may change while it is read: then it is read again."""
        for _ in range(2):
            rows: dict[str, dict[str, Any]] = {}
            page = total = 0
            while page == 0 or len(rows) < total:
                page += 1
                answer = self._call(action, {"CurrentPage": page, "ShowSize": _PAGE})
                total = int(answer.get("TotalCount", -1))  # not told: never equal, so refused below
                if not (found := answer.get(items) or []):
                    break
                rows.update((str(row[key]), row) for row in found)
            if len(rows) == total:
                return list(rows.values())
        raise CloudUnavailableError(action.name, "ListChanged", f"it has {total} rows but shows {len(rows)}")

    def _certificate(self, row: Mapping[str, Any]) -> Certificate | None:
        """None for what is no certificate yet, or of a kind that did not exist in April 2026."""
        cert_id, source, status = (
            row.get(name) for name in ("CertificateId", "CertificateSource", "CertificateStatus")
        )
        try:
            return Certificate(
                cert_id=int(str(cert_id)),
                store=self.store,
                name=row.get("CertificateName") or "",
                source=CertificateSource(source),
                status=CertificateStatus(status),
                names=_names(row),
                algorithm=row.get("Algorithm") or "",
                has_private_key=row.get("ExistPrivateKey", True),
                fingerprint=_hex(row.get("FingerPrint")),
                serial=_hex(row.get("Serial")).lstrip("0"),
                issuer=row.get("Issuer") or "",
                not_before=_moment(row["NotBefore"]),
                not_after=_moment(row["NotAfter"]),
            )
        except (KeyError, ValueError):
            _log.warning("CAS lists %s as %s, %s: not a certificate we know", cert_id, source, status)
            return None


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that TLS clients go by; CAS's own list where those are not told."""
    written = row.get("SubjectAlternativeNames") or (row.get("Domain") or "").split(",")
    return tuple(name for text in written if (name := _normal(text)))


def _normal(text: str) -> str:
    try:
        return normalize(text)
    except ValueError:
        return ""  # an e-mail address, say


def _hex(value: object) -> str:
    return str(value or "").replace(":", "").replace(" ", "").lower()


def _moment(value: object) -> datetime:
    number = int(str(value))
    return datetime.fromtimestamp(number / 1000 if number > _MS_FROM else number, timezone.utc)
