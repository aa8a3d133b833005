"""In which form the products take a private key: PKCS#1 and SEC1, as their pages ask, or any (a choice)."""

from __future__ import annotations

from typing import Any

import fc2
import pytest
from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.utils_models import GlobalParameters
from darabonba.exceptions import DaraException

from emulator.authority import Authority, KeyKind
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from emulator.services.kit.gateways import digits
from tests.functional.emulator.clients import config
from tests.functional.emulator.official import Official
from tests.keys import traditional

NAME, REGION = "www.example.com", "cn-hangzhou"
KINDS: tuple[KeyKind, ...] = ("rsa-2048", "ecdsa-p256")
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
FC_HOST = f"1000000000000001.{REGION}.fc.aliyuncs.com"
DOMAIN = {"domain": NAME, "certificate": "old"}
ESTATE: dict[str, Any] = {
    "certificates": {"old": {"names": [NAME], "key": "ecdsa-p256"}},
    "live": [DOMAIN],
    "apigateway": [{"name": "one", "region": REGION, "domains": [DOMAIN]}],
    "fc": [{**DOMAIN, "region": REGION, "version": "both"}],
}
#: host, action, its other parameters, the two of the pair, the code of a refusal
PRODUCTS: dict[str, tuple[str, str, dict[str, Any], tuple[str, str], str]] = {
    "live": (
        "live.aliyuncs.com",
        "SetLiveDomainCertificate",
        {"DomainName": NAME, "SSLProtocol": "on", "CertType": "upload", "CertName": "n", "ForceSet": "1"},
        ("SSLPub", "SSLPri"),
        "Certificate.MissMatch",
    ),
    "cloudapi": (
        f"apigateway.{REGION}.aliyuncs.com",
        "SetDomainCertificate",
        {"GroupId": digits("group", REGION, "one"), "DomainName": NAME, "CertificateName": "cas_1"},
        ("CertificateBody", "CertificatePrivateKey"),
        "InvalidCertificate",
    ),
    "slb": (
        "slb.aliyuncs.com",
        "UploadServerCertificate",
        {"RegionId": REGION},
        ("ServerCertificate", "PrivateKey"),
        "InvalidParameter.ServerCertificate",
    ),
}


@pytest.fixture(autouse=True)
def account(cloud: Cloud) -> None:
    cloud.settle_s = 0
    cloud.load(parse_estate(ESTATE))


def pair(kind: KeyKind) -> tuple[str, str]:
    """A chain with its key in PKCS#8."""
    bundle = Authority().issue([NAME], key=kind)
    return bundle.certificate_pem, bundle.key_pem or ""


@pytest.fixture(params=PRODUCTS)
def product(request: pytest.FixtureRequest) -> str:
    return request.param  # type: ignore[no-any-return]


def refusal(server: Server, product: str, chain: str, key: str) -> tuple[int, str] | None:
    host, action, params, names, _ = PRODUCTS[product]
    official = Official(server, product, host)
    sent = {**params, **dict(zip(names, (chain, key), strict=True))}
    try:
        official(action, **sent)
    except DaraException as refused:
        return refused.status_code, refused.code
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_pkcs_1_and_sec_1_are_taken_and_pkcs_8_is_refused(
    server: Server, product: str, kind: KeyKind
) -> None:
    chain, key = pair(kind)

    assert refusal(server, product, chain, key) == (400, PRODUCTS[product][4])
    assert refusal(server, product, chain, traditional(key)) is None


def test_parameters_before_an_ec_key_are_no_fault(server: Server, product: str) -> None:
    chain, key = pair("ecdsa-p256")

    assert refusal(server, product, chain, PARAMETERS + traditional(key)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_alone_makes_no_other_form(server: Server, product: str, kind: KeyKind) -> None:
    chain, key = pair(kind)
    label = traditional(key).splitlines()[0].removeprefix("-----BEGIN ").removesuffix("-----")

    assert refusal(server, product, chain, key.replace("PRIVATE KEY", label)) == (400, PRODUCTS[product][4])


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_is_taken_where_that_is_chosen(
    server: Server, cloud: Cloud, product: str, kind: KeyKind
) -> None:
    cloud.service(product).choose(key_form="any")
    chain, key = pair(kind)

    assert refusal(server, product, chain, key) is None


def fc_3(server: Server, certificate: dict[str, str]) -> None:
    update = models.UpdateCustomDomainInput(cert_config=models.CertConfig().from_map(certificate))
    host = GlobalParameters(headers={"x-emulator-host": f"fcv3.{REGION}.aliyuncs.com"})
    client = Client(config(server, global_parameters=host))
    client.update_custom_domain(NAME, models.UpdateCustomDomainRequest(body=update))


def fc_2(server: Server, certificate: dict[str, str]) -> None:
    key = server.cloud.key
    fc2.Client(
        endpoint=server.endpoint, accessKeyID=key.access_key_id, accessKeySecret=key.access_key_secret
    ).update_custom_domain(NAME, certConfig=certificate, headers={"x-emulator-host": FC_HOST})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("update", [fc_3, fc_2])
def test_function_compute_calls_pkcs_8_no_pem(
    server: Server, cloud: Cloud, update: Any, kind: KeyKind
) -> None:
    """In the words that its clients met."""
    chain, key = pair(kind)
    certificate = {"certName": "new", "certificate": chain}

    with pytest.raises((DaraException, fc2.FcError), match=r"'private key.{1,4} has to be in PEM format"):
        update(server, {**certificate, "privateKey": key})
    update(server, {**certificate, "privateKey": traditional(key)})

    (domain,) = cloud.service("fc").domains
    assert domain.cert_name == "new"


def test_function_compute_2_takes_every_form_where_that_is_chosen(server: Server, cloud: Cloud) -> None:
    cloud.service("fc2").choose(key_form="any")
    chain, key = pair("rsa-2048")

    fc_2(server, {"certName": "new", "certificate": chain, "privateKey": key})

    assert cloud.service("fc").domains[0].cert_name == "new"


@pytest.mark.parametrize("kind", KINDS)
def test_cas_tells_a_key_as_it_came_or_in_its_traditional_form(
    server: Server, cloud: Cloud, kind: KeyKind
) -> None:
    cas = Official(server, "cas", "cas.aliyuncs.com")
    chain, key = pair(kind)
    cert_id = cas("UploadUserCertificate", Name="new", Cert=chain, Key=key).cert_id

    given = cas("GetUserCertificateDetail", CertId=cert_id, CertFilter=False).key
    cloud.service("cas").choose(key_form="traditional")

    assert given == key
    assert cas("GetUserCertificateDetail", CertId=cert_id, CertFilter=False).key == traditional(key)
