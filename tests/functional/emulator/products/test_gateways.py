"""API Gateway (both) and MSE by the official SDKs: refusals, what a change takes along, and the edge."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from alibabacloud_tea_openapi.utils_models import GlobalParameters
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import offered
from emulator.server import Server
from emulator.services.apigateway.apig import domain_id
from emulator.services.kit.gateways import digits
from tests.functional.emulator.clients import config
from tests.functional.emulator.official import Clock, Official, populate
from tests.keys import traditional

models: Any = import_module("alibabacloud_apig20240327.models")
REGION = "cn-hangzhou"
_QUICK = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256"}
_ROW = {"name": "one", "region": REGION}
ESTATE: dict[str, Any] = {
    "certificates": {
        "old": _QUICK,
        "new": _QUICK,
        "other": {**_QUICK, "names": ["example.org"]},
        "abroad": {**_QUICK, "store": "ap-southeast-1"},
    },
    "apigateway": [{**_ROW, "domains": [{"domain": "open.example.com", "certificate": "old"}]}],
    "apig": [{**_ROW, "domains": [{"domain": "ai.example.com", "certificate": "old", "mutual_tls": True}]}],
    "mse": [
        {
            **_ROW,
            "domains": [
                {"domain": "*.example.com", "certificate": "other"},
                {"domain": "mesh.example.com", "certificate": "old"},
                {"domain": "cart.example.com", "certificate": "old", "ingress": True},
                {"domain": "plain.example.com"},
            ],
        },
        {
            **_ROW,
            "name": "two",
            "status": "restarting",
            "domains": [{"domain": "b.example.com", "certificate": "old"}],
        },
    ],
}
GROUP = {"GroupId": digits("group", REGION, "one"), "DomainName": "open.example.com"}
GATEWAY = {"GatewayUniqueId": f"gw-{digits('mse', REGION, 'one')}"}
AI = domain_id(REGION, "ai.example.com")


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, ESTATE)


@pytest.fixture
def cloudapi(clock: Clock, server: Server) -> Official:
    return Official(server, "cloudapi", f"apigateway.{REGION}.aliyuncs.com")


@pytest.fixture
def mse(clock: Clock, server: Server) -> Official:
    return Official(server, "mse", f"mse.{REGION}.aliyuncs.com")


@pytest.fixture
def apig(clock: Clock, server: Server) -> Any:
    everywhere = GlobalParameters(headers={"x-emulator-host": f"apig.{REGION}.aliyuncs.com"})
    return import_module("alibabacloud_apig20240327.client").Client(
        config(server, global_parameters=everywhere)
    )


def identifier(cloud: Cloud, name: str) -> str:
    return str(cloud._estate.identifier(name))


def served(cloud: Cloud, name: str) -> str:
    found = offered(cloud, "", name)
    return found[0].sha256 if found else ""


def sha256(cloud: Cloud, name: str) -> str:
    return str(cloud._estate.bundle(name, cloud.clock()).sha256)


def pair(*names: str) -> dict[str, str]:
    bundle = Authority().issue(names, key="ecdsa-p256")
    return {
        "CertificateBody": bundle.certificate_pem,
        "CertificatePrivateKey": traditional(bundle.key_pem),
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"GroupId": "0" * 32}, "NotFoundApiGroup"),
        ({"DomainName": "no.example.com"}, "NotFoundDomain"),
        ({"CertificateName": "1-cn-hangzhou"}, "InvalidCertificateName"),
        ({"CertificateBody": "PEM"}, "InvalidCertificate"),
        (pair("example.org"), "InvalidCertificate.NotMatch"),
        ({"CertificatePrivateKey": pair("open.example.com")["CertificatePrivateKey"]}, "InvalidCertificate"),
    ],
)
def test_the_traditional_gateway_refuses(cloudapi: Official, change: dict[str, str], code: str) -> None:
    good = {**GROUP, "CertificateName": "cas_1", **pair("open.example.com")}
    cloudapi("SetDomainCertificate", **good)

    assert cloudapi.refusal("SetDomainCertificate", **{**good, **change})[1] == code


def test_the_traditional_gateway_answers_with_the_key_and_serves_at_once(
    cloudapi: Official, cloud: Cloud
) -> None:
    sent = pair("open.example.com")

    cloudapi("SetDomainCertificate", **GROUP, CertificateName="cas_1", **sent)

    found = cloudapi("DescribeDomain", **GROUP)
    assert found.certificate_private_key == sent["CertificatePrivateKey"]
    assert found.certificate_body == sent["CertificateBody"]
    assert served(cloud, "open.example.com") not in ("", sha256(cloud, "old"))


def test_mse_says_no_with_http_200(mse: Official, cloud: Cloud) -> None:
    ids = {row.name: row.id for row in mse("ListGatewayDomain", **GATEWAY).data}
    mesh = {**GATEWAY, "DomainId": ids["mesh.example.com"], "CertIdentifier": identifier(cloud, "new")}
    other_gateway = f"gw-{digits('mse', REGION, 'two')}"

    refused = [
        {**mesh, "GatewayUniqueId": "gw-none"},
        {**mesh, "GatewayUniqueId": other_gateway},
        {**mesh, "DomainId": 1},
        {**mesh, "DomainId": ids["cart.example.com"]},
        {**mesh, "DomainId": ids["plain.example.com"]},
        {**mesh, "CertIdentifier": identifier(cloud, "other")},
        {**mesh, "CertIdentifier": identifier(cloud, "new").partition("-")[0]},
    ]
    assert [mse("UpdateSSLCert", **params).success for params in refused] == [False] * len(refused)
    assert mse("UpdateSSLCert", **mesh).success


def test_mse_publishes_before_it_serves(mse: Official, cloud: Cloud, clock: Clock) -> None:
    (mesh,) = mse("ListGatewayDomain", **GATEWAY, DomainName="mesh").data
    new = {"DomainId": mesh.id, "CertIdentifier": identifier(cloud, "new")}

    mse("UpdateSSLCert", **GATEWAY, **new)

    detail = mse("GetGatewayDomainDetail", **GATEWAY, Id=str(mesh.id)).data
    (row,) = mse("ListGatewayDomain", **GATEWAY, DomainName="mesh").data
    assert (detail.cert_identifier, row.status) == (new["CertIdentifier"], 2)
    assert served(cloud, "mesh.example.com") == sha256(cloud, "old")
    clock.advance(60)
    assert served(cloud, "mesh.example.com") == sha256(cloud, "new")
    (row,) = mse("ListGatewayDomain", **GATEWAY, DomainName="mesh").data
    assert row.status == 3


def update(apig: Any, **body: Any) -> None:
    request = models.UpdateDomainRequest().from_map(body)
    apig.update_domain_with_options(AI, request, {}, RuntimeOptions())


def domain(apig: Any, number: str = AI) -> Any:
    request = models.GetDomainRequest()
    return apig.get_domain_with_options(number, request, {}, RuntimeOptions()).body


def test_the_cloud_native_gateway_forgets_what_a_change_leaves_out(
    apig: Any, cloud: Cloud, clock: Clock
) -> None:
    before = domain(apig).data

    update(apig, protocol="HTTPS", forceHttps=False, certIdentifier=identifier(cloud, "new"))

    after = domain(apig).data
    assert (before.m_tlsenabled, before.tls_min) == (True, "TLS 1.2")
    assert (after.m_tlsenabled, after.tls_min, after.client_cacert) == (False, None, None)
    assert served(cloud, "ai.example.com") == sha256(cloud, "old")
    clock.advance(60)
    assert served(cloud, "ai.example.com") == sha256(cloud, "new")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"forceHttps": None}, "InvalidParameter.forceHttps"),
        ({"certIdentifier": "1-cn-hangzhou"}, "NotFound.Certificate"),
        ({"certIdentifier": "other"}, "InvalidParameter.certIdentifier"),
    ],
)
def test_the_cloud_native_gateway_refuses(apig: Any, cloud: Cloud, change: dict[str, Any], code: str) -> None:
    if change.get("certIdentifier") == "other":
        change = {"certIdentifier": identifier(cloud, "other")}
    good = {"protocol": "HTTPS", "forceHttps": True, "certIdentifier": identifier(cloud, "new")}

    with pytest.raises(DaraException) as caught:
        update(apig, **{**good, **change})

    assert caught.value.code == code


def test_a_domain_that_is_not_there_is_a_code_under_http_200(apig: Any) -> None:
    answer = domain(apig, "d-none")

    assert (answer.code, answer.data) == ("DatabaseError.RecordNotFound", None)
