"""What CAS keeps of a certificate, and how each of its calls words the same facts.

Fields are those of the official SDK's response models. Their forms are guessed from samples:
`Fingerprint` is the SHA-1 and `Sha2` the SHA-256 of the certificate in upper-case hex, a serial
number lower-case hex, `NotBefore` and `NotAfter` in ms.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from emulator.bundles import Bundle, common_name

#: [guess] "near expiry"; CAS reminds of a certificate's end 30 days before it.
WILL_EXPIRE = timedelta(days=30)


@dataclass
class CasCertificate:
    """A certificate in one of the account's stores. `identifier` is what products take."""

    id: int
    name: str
    store: str
    source: str  #: UPLOAD, BUY, TEST
    bundle: Bundle = field(repr=False)
    revoked: bool = False
    sm2: bool = False  #: told to be one; `bundle` stands in for its two pairs
    listed: bool = True  #: by ListCertificates; the older list has it in any case
    tags: tuple[tuple[str, str], ...] = ()
    instance: str = ""  #: that it was issued for; "": one of its own

    @property
    def identifier(self) -> str:
        return f"{self.id}-{self.store}"

    @property
    def instance_id(self) -> str:
        return f"cas-{self.source.lower()}-{self.instance or format(self.id, 'x')}"

    @property
    def validation(self) -> str:
        """DV, OV or EV; what names no policy is told as the least."""
        return self.bundle.validation or "DV"

    @property
    def algorithm(self) -> str:
        return "SM2" if self.sm2 else self.bundle.algorithm

    @property
    def has_key(self) -> bool:
        return self.bundle.key_pem is not None

    @property
    def deployable(self) -> bool:
        """Without its private key CAS can hand a certificate to no product; SM2 is not emulated there."""
        return self.has_key and not self.sm2

    def status(self, now: datetime) -> str:
        if self.revoked:
            return "revoked"
        if self.bundle.not_after <= now:
            return "expired"
        return "willExpire" if self.bundle.not_after - now <= WILL_EXPIRE else "issued"

    def matches(self, keyword: str) -> bool:
        words = (self.name, self.instance_id, *self.bundle.names)
        return any(keyword.lower() in word.lower() for word in words)


def list_item(row: CasCertificate, now: datetime, using: list[str]) -> dict[str, Any]:
    """What ListCertificates and GetCertificateDetail tell alike; the latter adds the serial and the chain."""
    bundle = row.bundle
    return {
        "CertificateId": str(row.id),
        "CertIdentifier": row.identifier,
        "CertificateName": row.name,
        "CertificateSource": row.source,
        "CertificateStatus": row.status(now),
        "Domain": ",".join(bundle.names),
        "CommonName": bundle.common_name,
        "SubjectAlternativeNames": list(bundle.names),
        "Algorithm": row.algorithm,
        "KeySize": bundle.key_size,
        "ExistPrivateKey": row.has_key,
        "FingerPrint": bundle.sha1,
        "Issuer": bundle.issuer,
        "NotBefore": ms(bundle.not_before),
        "NotAfter": ms(bundle.not_after),
        "InstanceId": row.instance_id,
        "UsingProductList": using,
        "DeploymentDesc": json.dumps({"Scope": "all" if row.has_key else "server"}),
    }


def order_item(row: CasCertificate, now: datetime) -> dict[str, Any]:
    """An item of ListUserCertificateOrder, OrderType CERT or UPLOAD: no status, no identifier."""
    return {
        **_subject(row, now),
        "CertificateId": row.id,
        "CommonName": row.bundle.common_name,
        "SerialNo": row.bundle.serial.zfill(40),  # padded, a peer saw
        "Upload": row.source == "UPLOAD",
    }


def purchase_item(row: CasCertificate, now: datetime) -> dict[str, Any]:
    """An item of ListUserCertificateOrder, OrderType CPACK or BUY: the order, no certificate id."""
    names = row.bundle.names
    wild = sum(name.startswith("*.") for name in names)
    return {
        "OrderId": row.id,
        "AliyunOrderId": row.id,
        "InstanceId": row.instance_id,
        "Name": row.name,
        "Status": {"willExpire": "WILLEXPIRED"}.get(row.status(now), row.status(now).upper()),
        "Domain": ",".join(names),
        "DomainCount": len(names) - wild,
        "WildDomainCount": wild,
        "CertType": "FREE" if row.source == "TEST" else row.validation,
        "Algorithm": row.algorithm,
        "BuyDate": ms(row.bundle.not_before),
        "CertStartTime": ms(row.bundle.not_before),
        "CertEndTime": ms(row.bundle.not_after),
        "SourceType": "cpack" if row.source == "TEST" else "buy",
        "TrusteeStatus": "unTrustee",
    }


def user_detail(row: CasCertificate, now: datetime, *, with_pem: bool) -> dict[str, Any]:
    """GetUserCertificateDetail; `Cert` and `Key` only where CertFilter is false."""
    answer = {
        **_subject(row, now),
        "Id": row.id,
        "CertIdentifier": row.identifier,
        "Common": row.bundle.common_name,
        "SerialNo": row.bundle.serial,
        "CertSha2": row.bundle.sha256,
        "Algorithm": row.algorithm,
        "NotBefore": ms(row.bundle.not_before),
        "NotAfter": ms(row.bundle.not_after),
        "BuyInAliyun": row.source != "UPLOAD",
        "CertChain": [
            {
                "CommonName": common_name(link.subject),
                "IssuerCommonName": common_name(link.issuer),
                **_lifetime(link, now),
            }
            for link in row.bundle.chain
        ],
        "Tags": [{"TagKey": key, "TagValue": value} for key, value in row.tags],
    }
    if with_pem:
        certificates, keys = (
            (("SignCert", "EncryptCert"), ("SignPrivateKey", "EncryptPrivateKey"))
            if row.sm2
            else (("Cert",), ("Key",))
        )
        answer |= dict.fromkeys(certificates, row.bundle.certificate_pem)
        if row.bundle.key_pem is not None:
            answer |= dict.fromkeys(keys, row.bundle.key_pem)
    return answer


def chain_list(row: CasCertificate, now: datetime, *, leaf: bool, names: str) -> list[dict[str, Any]]:
    """`leaf`: whether it begins with the leaf, or with its issuer. `names`: "common" or "whole"."""
    name = common_name if names == "common" else x509.Name.rfc4514_string
    return [
        {"Subject": name(link.subject), "Issuer": name(link.issuer), **_lifetime(link, now)}
        for link in (row.bundle.chain if leaf else row.bundle.chain[1:])
    ]


def company_id(row: CasCertificate) -> int | None:
    """Documented as empty for DV certificates. That an upload has none is a guess."""
    return 30001 if row.source == "BUY" and row.bundle.organisation else None


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _subject(row: CasCertificate, now: datetime) -> dict[str, Any]:
    return {
        "Name": row.name,
        "InstanceId": row.instance_id,
        "Sans": ",".join(row.bundle.names),
        "Issuer": row.bundle.issuer,
        "Fingerprint": row.bundle.sha1,
        "Sha2": row.bundle.sha256,
        "StartDate": f"{row.bundle.not_before:%Y-%m-%d}",
        "EndDate": f"{row.bundle.not_after:%Y-%m-%d}",
        "Expired": row.bundle.not_after <= now,
        "OrgName": row.bundle.organisation,
        "City": "",
        "Province": "",
        "Country": "",
    }


def _lifetime(link: x509.Certificate, now: datetime) -> dict[str, int]:
    end = link.not_valid_after_utc
    return {
        "NotBefore": ms(link.not_valid_before_utc),
        "NotAfter": ms(end),
        "RemainDay": (end - now).days,
    }
