"""Function Compute: custom domains of 3.0 and of 2.0, one of them listed by both."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, Case, Hindered

ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": CERTIFICATES,
    "fc": [
        {"domain": "www.example.com", "region": "cn-hangzhou", "certificate": "old"},
        {"domain": "img.example.com", "region": "cn-hangzhou", "certificate": "second"},
        {"domain": "*.example.org", "region": "cn-hangzhou", "certificate": "other", "protocol": "HTTPS"},
        {"domain": "plain.example.com", "region": "cn-hangzhou"},
        {"domain": "http.example.com", "region": "cn-hangzhou", "certificate": "old", "protocol": "HTTP"},
        {"domain": "old.example.com", "region": "cn-hangzhou", "certificate": "old", "version": "2.0"},
        {"domain": "old.example.org", "region": "cn-hangzhou", "certificate": "other-too", "version": "2.0"},
        {"domain": "plain.example.org", "region": "cn-hangzhou", "version": "2.0"},
        {"domain": "both.example.com", "region": "cn-hangzhou", "certificate": "second", "version": "both"},
        {"domain": "www.example.com", "region": "cn-beijing", "certificate": "old"},
    ],
}
CARRIED = {
    "www.example.com": "old",
    "img.example.com": "second",
    "*.example.org": "other",
    "plain.example.com": "",
    "http.example.com": "",
    "old.example.com": "old",
    "old.example.org": "other-too",
    "plain.example.org": "",
    "both.example.com": "second",
}
_COMMON: dict[str, Any] = {
    "region": "cn-hangzhou",
    "writes": "UpdateCustomDomain",
    "settles": False,
    "by_leaf": True,
    "pages": "ListCustomDomains",
    "reads": ("ListCustomDomains",),
    "code_of_denial": "AccessDenied",
}
CASES = [
    Case("FC-3.0", CloudProduct.FC, ESTATE, CARRIED, slot="www.example.com", **_COMMON),
    Case("FC-2.0", CloudProduct.FC, ESTATE, CARRIED, slot="old.example.com", **_COMMON),
]
KIND = "3.0"
_HTTP = {"certificate": "old", "protocol": "HTTP"}
HINDERED = [
    Hindered(
        CloudProduct.FC,
        {
            "fc": [
                {"domain": "www.example.com", "region": "cn-hangzhou", "certificate": "old"},
                {"domain": "plain.example.com", "region": "cn-hangzhou"},
                {**_HTTP, "domain": "http.example.com", "region": "cn-hangzhou"},
                {"domain": "old.example.com", "region": "cn-hangzhou", "version": "2.0"},
            ]
        },
        dict.fromkeys(
            ("plain.example.com", "http.example.com", "old.example.com"),
            "HTTPS is off; set the protocol and the first certificate in the Function Compute console",
        ),
    ),
]
HOSTS = {
    "cn-shanghai": "fcv3.cn-shanghai.aliyuncs.com",
    "me-central-1": "me-central-1.fc.aliyuncs.com",
    "cn-hangzhou-finance": "cn-hangzhou-finance.fc.aliyuncs.com",
    "cn-shanghai-finance-1": "cn-shanghai-finance-1.fc.aliyuncs.com",
    "cn-heyuan-acdr-1": "cn-heyuan-acdr-1.fc.aliyuncs.com",
}
SDK = "fc20230330"
#: 2.0, whose actions have the same names.
WITHOUT_SDK = ("fc-open",)
OFFICIAL = {
    "ListCustomDomains": {"limit": 2},
    "GetCustomDomain": {"domainName": "www.example.com"},
    "UpdateCustomDomain": {
        "domainName": "www.example.com",
        "certConfig": ANY,
        "protocol": "HTTP,HTTPS",
    },
}
#: The model of an answer, where it is not named after the action.
ANSWERS = {
    "ListCustomDomains": "ListCustomDomainOutput",
    "GetCustomDomain": "CustomDomain",
    "UpdateCustomDomain": "CustomDomain",
}
