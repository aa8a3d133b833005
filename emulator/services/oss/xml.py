"""OSS's XML: the answers, and the body of PutCname."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from emulator.api import ApiError, Raw
from emulator.bundles import Bundle

CONFIGURATION = frozenset(
    {"CertId", "Certificate", "PrivateKey", "PreviousCertId", "Force", "DeleteCertificate"}
)


@dataclass(frozen=True)
class CnameChange:
    """What PutCname asks for. `configuration` is None where only a domain is to be bound."""

    domain: str
    configuration: dict[str, str] | None = field(default=None, repr=False)

    def flag(self, name: str) -> bool:
        return (self.configuration or {}).get(name, "").lower() == "true"


def read_change(body: bytes) -> CnameChange:
    """Raises ApiError 400 MalformedXML, without repeating the body: it may hold a key."""
    if b"<!DOCTYPE" in body:
        raise _malformed("a document type is not allowed")
    try:
        root = ET.fromstring(body)  # noqa: S314 - no DTD, so no entities
    except ET.ParseError:
        raise _malformed("not XML") from None
    cname = root.find("Cname")
    if root.tag != "BucketCnameConfiguration" or cname is None:
        raise _malformed("BucketCnameConfiguration with a Cname is expected")
    _known(cname, {"Domain", "CertificateConfiguration"})
    domain = (cname.findtext("Domain") or "").strip()
    if not domain:
        raise _malformed("Domain is missing")
    found = cname.find("CertificateConfiguration")
    if found is None:
        return CnameChange(domain)
    _known(found, CONFIGURATION)
    return CnameChange(domain, {child.tag: (child.text or "").strip() for child in found})


def answer(root: str, content: dict[str, Any] | str) -> Raw:
    body = ET.tostring(_element(root, content), encoding="UTF-8", xml_declaration=True)
    return Raw(200, body, content_type="application/xml")


def certificate_words(bundle: Bundle, kind: str, identifier: str) -> dict[str, str]:
    """`Cname.Certificate` of ListCname. The fingerprint's form is guessed."""
    digits = bundle.sha1
    return {
        "Type": kind,
        "CertId": identifier,
        "Status": "Enabled",
        "CreationDate": format_datetime(bundle.not_before, usegmt=True),
        "Fingerprint": ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)),
        "ValidStartDate": format_datetime(bundle.not_before, usegmt=True),
        "ValidEndDate": format_datetime(bundle.not_after, usegmt=True),
    }


def _element(name: str, content: Any) -> ET.Element:
    element = ET.Element(name)
    if isinstance(content, dict):
        for child, inner in content.items():
            rows = inner if isinstance(inner, list) else [inner]
            element.extend(_element(child, row) for row in rows)
    else:
        element.text = str(content)
    return element


def _known(element: ET.Element, names: set[str] | frozenset[str]) -> None:
    for child in element:
        if child.tag not in names:
            raise _malformed(f"{child.tag} is not known in {element.tag}")


def _malformed(why: str) -> ApiError:
    return ApiError(400, "MalformedXML", f"The XML you provided was not well-formed: {why}.")
