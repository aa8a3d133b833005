"""ESA: two sites with pools of several kinds of entries, and SaaS hostnames, one of them without HTTPS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emulator.services.esa.model import number, text
from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID, CERTIFICATES, Case, Hindered, beside

ESTATE: dict[str, Any] = {
    "certificates": CERTIFICATES,
    "esa": [
        {
            "site": "example.com",
            "records": ["www.example.com", "shop.example.com"],
            "certificates": [
                {"certificate": "old"},
                {"certificate": "second", "type": "upload"},
                {"certificate": "other", "type": "free"},
            ],
            "hostnames": [
                {"hostname": "a.example.com", "record": "www.example.com", "certificate": "old"},
                {"hostname": "b.example.com", "record": "www.example.com"},
                {
                    "hostname": "c.example.com",
                    "record": "shop.example.com",
                    "certificate": "second",
                    "type": "upload",
                },
            ],
        },
        {"site": "example.net"},
        {"site": "example.org", "certificates": [{"certificate": "other"}]},
    ],
}


def entry(certificate: str, site: str = "example.com") -> str:
    return f"{number('site', site)}/{text(site, certificate)}"


def hostname(name: str) -> str:
    return str(number("hostname", name))


SITE = number("site", "example.com")
CASES = [
    Case(
        "ESA",
        CloudProduct.ESA,
        ESTATE,
        {
            entry("old"): "old",
            entry("second"): "second",
            entry("other"): f"free:{text('example.com', 'other')}",
            entry("other", "example.org"): "other",
            hostname("a.example.com"): "old",
            hostname("b.example.com"): "",
            hostname("c.example.com"): "second",
        },
        slot=entry("old"),
        writes="SetCertificate",
        away=lambda slot: beside(slot, own="past", listener_id="past"),
        settles=False,
        refuses_greater_pages=False,
        met=False,  # no record leads to it
        pages="ListSites",
        reads=("ListSites", "ListRecords", "ListCertificates", "GetCertificate"),
    ),
]
CASES.append(
    replace(
        CASES[0],
        name="ESA-hostname",
        slot=hostname("a.example.com"),
        writes="UpdateCustomHostname",
        away=lambda slot: beside(slot, resource_id="1"),
        settles=True,
        met=True,
        reads=("ListCustomHostnames", "GetCustomHostname"),
    )
)
_HOSTNAME = {"record": "www.example.com", "certificate": "old"}
HINDERED = [
    Hindered(
        CloudProduct.ESA,
        {
            "esa": [
                {
                    "site": "example.com",
                    "records": ["www.example.com"],
                    "certificates": [
                        {"certificate": "old"},
                        {"certificate": "second", "type": "free"},
                        {"certificate": "new", "type": "keyless"},
                    ],
                    "hostnames": [
                        {**_HOSTNAME, "hostname": "fine.example.com"},
                        {**_HOSTNAME, "hostname": "off.example.com", "certificate": None},
                        {**_HOSTNAME, "hostname": "held.example.com", "status": "conflicted"},
                        {**_HOSTNAME, "hostname": "free.example.com", "type": "free"},
                    ],
                },
                {"site": "example.org", "status": "pending", "certificates": [{"certificate": "other"}]},
            ]
        },
        {
            text("example.com", "second"): "ESA issued this certificate itself and renews it",
            text("example.com", "new"): (
                "the private key is with a key server of its own; exchange it in the ESA console"
            ),
            text("example.org", "other"): "the site is pending; bring it into service first",
            "off.example.com": "HTTPS is off; switch it on in the ESA console",
            "held.example.com": "the hostname is conflicted; bring it into service first",
            "free.example.com": "ESA issued this certificate itself and renews it",
        },
        region="",
    ),
]
HOSTS = {"cn-hangzhou": "esa.cn-hangzhou.aliyuncs.com"}
SDK = "esa20240910"
OFFICIAL = {
    "ListSites": {"PageNumber": 1, "PageSize": 2},
    "ListRecords": {"SiteId": SITE, "Proxied": True, "PageNumber": 1, "PageSize": 2},
    "ListCertificates": {"SiteId": SITE, "PageNumber": 1, "PageSize": 2},
    "GetCertificate": {"SiteId": SITE, "Id": text("example.com", "second")},
    "SetCertificate": {
        "SiteId": SITE,
        "Id": text("example.com", "old"),
        "Type": "cas",
        "CasId": CERT_ID["new"],
        "Region": "cn-hangzhou",
    },
    "ListCustomHostnames": {"SiteId": ANY, "PageNumber": 1, "PageSize": 2},
    "GetCustomHostname": {"HostnameId": ANY},
    "UpdateCustomHostname": {
        "HostnameId": number("hostname", "a.example.com"),
        "SslFlag": "on",
        "CertType": "cas",
        "CasId": CERT_ID["new"],
        "CasRegion": "cn-hangzhou",
        "RecordId": number("record", "www.example.com"),
    },
}
