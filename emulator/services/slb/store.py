"""The server certificates that each region of SLB keeps: copies of CAS's, or uploads.

A certificate of the estate is a copy by its CAS id where it is in CAS's China store, else an upload.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from emulator.api import ApiError
from emulator.bundles import Bundle, BundleProblem, read
from emulator.estate import Estate

CHINA = "cn-hangzhou"
QUOTA = 100  #: certificates of a region
CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class ServerCertificate:
    id: str
    name: str
    region: str
    bundle: Bundle = field(repr=False)
    created: datetime = CREATED
    cas_id: int = 0
    cas_name: str = ""

    def words(self) -> dict[str, Any]:
        """An item of DescribeServerCertificates; the answer to an upload."""
        digits = self.bundle.sha1.lower()  # the SHA-1, as in the vendor's samples
        return {
            "ServerCertificateId": self.id,
            "ServerCertificateName": self.name,
            "RegionId": self.region,
            "Fingerprint": ":".join(re.findall("..", digits)),
            "AliCloudCertificateId": str(self.cas_id),
            "AliCloudCertificateName": self.cas_name,
            "IsAliCloudCertificate": int(bool(self.cas_id)),
            "CommonName": self.bundle.common_name,
            "SubjectAlternativeNames": {"SubjectAlternativeName": list(self.bundle.names)},
            "CreateTime": f"{self.created:%Y-%m-%dT%H:%M:%SZ}",
            "CreateTimeStamp": _ms(self.created),
            "ExpireTime": f"{self.bundle.not_after:%Y-%m-%dT%H:%M:%SZ}",
            "ExpireTimeStamp": _ms(self.bundle.not_after),
            "ResourceGroupId": "rg-default",
        }


def store_id(account: str, *words: str) -> str:
    """`<account>_<hex>_<n>_<n>`: the same for the same words."""
    digits = sha256("/".join(words).encode()).hexdigest()
    return f"{account}_{digits[:11]}_{int(digits[11:19], 16)}_{int(digits[19:27], 16)}"


def of_estate(estate: Estate, account: str, region: str, name: str, now: datetime) -> ServerCertificate:
    row = estate.certificates[name]
    referred = row.in_cas and row.store == CHINA
    return ServerCertificate(
        store_id(account, region, name),
        name,
        region,
        estate.bundle(name, now),
        cas_id=estate.id_of(name) if referred else 0,
        cas_name=name if referred else "",
    )


def uploaded(
    params: Mapping[str, Any],
    region: str,
    new_id: str,
    cas: Any,
    now: datetime,
    behaviour: Mapping[str, str | bool],
) -> ServerCertificate:
    """What UploadServerCertificate adds. The codes are guessed, but for that of a key that does not fit."""
    name = params.get("ServerCertificateName", "")  # which the vendor calls optional
    if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]{0,79}", name):
        raise ApiError(400, "InvalidParameter.ServerCertificateName", "1 to 80 characters, a letter first.")
    pem, key = params.get("ServerCertificate"), params.get("PrivateKey")
    cas_id = params.get("AliCloudCertificateId", "")
    if bool(cas_id) == bool(pem or key):
        raise ApiError(400, "MissingParameter", "Either a certificate and its key, or one of CAS.")
    if cas_id:
        found = cas.by_id(int(cas_id), CHINA) if cas_id.isdecimal() else None
        if found is None or not found.deployable or params.get("AliCloudCertificateRegionId") != CHINA:
            raise ApiError(400, "InvalidParameter.AliCloudCertificateId", f"{cas_id} is not found.")
        cas_name = params.get("AliCloudCertificateName", "")
        _check_algorithm(found.bundle, behaviour)
        return ServerCertificate(new_id, name, region, found.bundle, now, found.id, cas_name)
    if any(not line.strip() for text in (pem or "", key or "") for line in text.strip().splitlines()):
        raise ApiError(400, "InvalidParameter.ServerCertificate", "The PEM has a blank line.")
    try:
        bundle = read(pem or "", key or "", traditional=behaviour["key_form"] == "traditional")
    except BundleProblem as problem:
        fits = problem.fault != "mismatch"
        code = "InvalidParameter.ServerCertificate" if fits else "CertificateNotMatchPrivateKey"
        raise ApiError(400, code, f"Refused: {problem}.") from None
    _check_algorithm(bundle, behaviour)
    return ServerCertificate(new_id, name, region, bundle, now)


def _check_algorithm(bundle: Bundle, behaviour: Mapping[str, str | bool]) -> None:
    if bundle.algorithm != "RSA" and not behaviour["ec_keys"]:
        raise ApiError(400, "InvalidParameter.ServerCertificate", "ECDSA certificates are not supported.")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
