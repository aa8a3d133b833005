"""Custom domains of Function Compute 2.0 by its two APIs: the vendor's core client, and `aliyun-fc2`."""

from __future__ import annotations

from typing import Any

import fc2
import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.clients import config
from tests.keys import traditional

HOST = "1000000000000001.cn-hangzhou.fc.aliyuncs.com"
NAME = "www.example.com"


@pytest.fixture
def newer(cloud: Cloud, server: Server) -> Any:
    """Calls an action of 2021-04-06 as the typed SDK does."""
    cloud.settle_s = 0
    domain = {"region": "cn-hangzhou", "certificate": "old", "version": "2.0"}
    rows = [
        {"domain": NAME, **domain},
        {"domain": "two.example.com", **domain},
        {"domain": "three.example.com", **domain, "version": "3.0"},
    ]
    certificates = {name: {"names": ["*.example.com"], "key": "ecdsa-p256"} for name in ("old", "new")}
    cloud.load(parse_estate({"certificates": certificates, "fc": rows}))

    def call(method: str, path: str, body: Any = None, **query: str) -> Any:
        params = Params(
            action="",
            version="2021-04-06",
            protocol="HTTP",
            pathname=f"/2021-04-06/custom-domains{path}",
            method=method,
            auth_type="AK",
            style="ROA",
            req_body_type="json",
            body_type="json",
        )
        request = OpenApiRequest(query=query, body=body, headers={"x-emulator-host": HOST})
        return Client(config(server)).call_api(params, request, RuntimeOptions())["body"]

    return call


@pytest.fixture
def older(server: Server) -> Any:
    key = server.cloud.key
    return fc2.Client(
        endpoint=server.endpoint, accessKeyID=key.access_key_id, accessKeySecret=key.access_key_secret
    )


def test_the_newer_api_tells_tls_and_waf_and_the_older_does_not(newer: Any, older: Any) -> None:
    told = newer("GET", f"/{NAME}")
    hidden = older.get_custom_domain(NAME, headers={"x-emulator-host": HOST}).data

    assert told["tlsConfig"]["minVersion"] == "TLSv1.2"
    assert told["wafConfig"] == {"enableWAF": False}
    assert {"tlsConfig", "wafConfig"} & set(hidden) == set()
    assert hidden["certConfig"] == told["certConfig"]
    assert "privateKey" not in told["certConfig"]


def test_the_newer_api_lists_the_domains_of_2_0_by_pages(newer: Any) -> None:
    first = newer("GET", "", limit="1")
    second = newer("GET", "", limit="1", nextToken=first["nextToken"])

    names = [row["domainName"] for page in (first, second) for row in page["customDomains"]]
    assert names == ["two.example.com", NAME]
    assert "nextToken" not in second


def test_the_newer_api_changes_certificate_tls_and_waf(newer: Any, cloud: Cloud) -> None:
    bundle = Authority().issue([NAME], key="ecdsa-p256")
    pair = {
        "certName": "new",
        "certificate": bundle.certificate_pem,
        "privateKey": traditional(bundle.key_pem),
    }
    tls = {"minVersion": "TLSv1.3", "maxVersion": "TLSv1.3", "cipherSuites": []}
    body = {"certConfig": pair, "tlsConfig": tls, "wafConfig": {"enableWAF": True}}

    newer("PUT", f"/{NAME}", body)
    told = newer("GET", f"/{NAME}")

    assert (told["tlsConfig"], told["wafConfig"]) == (tls, {"enableWAF": True})
    assert told["certConfig"]["certName"] == "new"
    assert cloud.service("fc").served("", NAME)[0].sha256 == bundle.sha256


def test_a_change_by_the_older_api_can_lose_what_it_does_not_know(
    newer: Any, older: Any, cloud: Cloud
) -> None:
    change = {"protocol": "HTTP,HTTPS"}
    where = {"headers": {"x-emulator-host": HOST}}
    older.update_custom_domain(NAME, **change, **where)
    kept = newer("GET", f"/{NAME}")
    cloud.service("fc2").forgets = ("tlsConfig", "wafConfig")
    older.update_custom_domain(NAME, **change, **where)

    assert kept["tlsConfig"]["minVersion"] == "TLSv1.2"
    assert {"tlsConfig", "wafConfig"} & set(newer("GET", f"/{NAME}")) == set()


def test_a_domain_that_is_gone_is_refused_by_its_code(newer: Any) -> None:
    for name in ("none.example.com", "three.example.com"):
        with pytest.raises(DaraException) as refused:
            newer("GET", f"/{name}")

        assert refused.value.code == "DomainNameNotFound"
