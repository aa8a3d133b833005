"""Private keys in the form in which a product's pages ask for them, whatever form CAS has them in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from emulator.faults import Fault
from emulator.request import Request
from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products import adapter_class
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means
from tests.contract.bench import AllOfCas, Bench, new_bench
from tests.contract.driven import Driven
from tests.contract.oracle import recording
from tests.keys import ec_key, ed25519_key, key_pem, traditional

KEYS = {"rsa-2048": "RSA PRIVATE KEY", "ecdsa-p256": "EC PRIVATE KEY"}
NAME = "www.example.com"
_HERE = {"region": "cn-hangzhou"}


@dataclass(frozen=True)
class Product:
    """One that takes PEM: where a domain is, and where the pair is in a request that changes it."""

    code: CloudProduct
    service: str
    section: str
    row: dict[str, Any]
    action: str
    pair: Callable[[Request], tuple[str, str]]
    store: str = "cn-hangzhou"
    switches: tuple[tuple[str, dict[str, Any]], ...] = ()


def _fc(request: Request) -> tuple[str, str]:
    found = json.loads(request.body)["certConfig"]
    return found["certificate"], found["privateKey"]


def _form(certificate: str, key: str) -> Callable[[Request], tuple[str, str]]:
    return lambda request: (request.form[certificate], request.form[key])


_FC_ROW = {"domain": NAME, **_HERE, "certificate": "old"}
_FC = {"code": CloudProduct.FC, "section": "fc", "action": "UpdateCustomDomain", "pair": _fc}
PRODUCTS = {
    "FC 3.0": Product(**_FC, service="fc", row=_FC_ROW),
    "FC 2.0": Product(**_FC, service="fc-open", row={**_FC_ROW, "version": "2.0"}),
    "FC 2.0 by its first API": Product(
        **_FC,
        service="fc2",
        row={**_FC_ROW, "version": "2.0"},
        switches=(("fc_open", {"supported": False}),),
    ),
    "Live": Product(
        CloudProduct.LIVE,
        "live",
        "live",
        {"domain": NAME, "certificate": "old"},
        "SetLiveDomainCertificate",
        _form("SSLPub", "SSLPri"),
    ),
    "API Gateway, classic": Product(
        CloudProduct.API_GATEWAY,
        "cloudapi",
        "apigateway",
        {"name": "one", **_HERE, "domains": [{"domain": NAME, "certificate": "old"}]},
        "SetDomainCertificate",
        _form("CertificateBody", "CertificatePrivateKey"),
    ),
    "CLB by PEM": Product(
        CloudProduct.SLB,
        "slb",
        "slb",
        {"name": "shop", "region": "ap-southeast-1", "listeners": [{"port": 443, "certificate": "old"}]},
        "UploadServerCertificate",
        _form("ServerCertificate", "PrivateKey"),
        store="ap-southeast-1",
    ),
}


@dataclass
class Account:
    bench: Bench
    product: Product
    adapter: Driven
    slot: CloudResource
    new: Certificate

    @property
    def held_by_cas(self) -> Any:
        """The record of `new`."""
        return self.bench.cloud.service("cas")._certificates[self.new.cert_id]

    def deploy(self) -> None:
        self.adapter.deploy(self.slot, self.new)

    def carried(self) -> str:
        (slot,) = self.adapter.discover(self.slot.region)
        return self.bench.name_of(slot.cert_identifier)


def account(server: Server, product: Product, key: str = "ecdsa-p256") -> Account:
    row = {"names": ["example.com", "*.example.com"], "key": key, "store": product.store}
    region = product.row.get("region", "")
    estate: dict[str, Any] = {"certificates": {"old": row, "new": row}, product.section: [product.row]}
    if region:
        estate["regions"] = [region]
    bench = new_bench(server, product.code, estate, region)
    for service, wanted in product.switches:
        bench.cloud.service(service).choose(**wanted)
    cas = Cas(bench.client, product.store)
    adapter = Driven(adapter_class(product.code)(Means(bench.client, AllOfCas(cas))), seconds=10)
    (slot,) = adapter.discover(region)
    slot = slot.evolve(domains=slot.domains or (NAME,))
    return Account(bench, product, adapter, slot, cas.get_detail(bench.estate.id_of("new")))


@pytest.fixture(params=PRODUCTS)
def product(request: pytest.FixtureRequest) -> Product:
    return PRODUCTS[request.param]


def sent(account: Account, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The pair that a deployment sends."""
    with recording(monkeypatch) as recorder:
        account.deploy()
    calls = list(account.bench.cloud.calls)[-len(recorder.requests) :]
    (request,) = [
        request
        for request, call in zip(recorder.requests, calls, strict=True)
        if call.action == account.product.action
    ]
    assert "PRIVATE" not in request.query
    return account.product.pair(request)


@pytest.mark.parametrize("form", ["as given", "traditional"])
@pytest.mark.parametrize("kind", KEYS)
def test_a_key_is_sent_as_pkcs_1_or_sec_1_whatever_cas_tells(
    server: Server, product: Product, kind: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = account(server, product, kind)
    there.bench.cloud.service("cas").choose(key_form=form)

    chain, key = sent(there, monkeypatch)

    given = there.held_by_cas.bundle
    assert key == traditional(given.key_pem)
    assert key.splitlines()[0] == f"-----BEGIN {KEYS[kind]}-----"
    public = load_pem_private_key(key.encode(), None).public_key()
    assert public == given.leaf.public_key()
    assert chain == given.certificate_pem
    assert there.carried() == "new"


def test_a_pair_with_other_line_ends_blank_lines_and_parameters_is_sent_without_them(
    server: Server, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As openssl writes EC keys, on Windows, with certificates pasted one after the other."""
    there = account(server, product)
    given = there.held_by_cas.bundle
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    odd = type(given)(
        given.certificate_pem.replace("-----\n-----", "-----\n\n-----").replace("\n", "\r\n"),
        (parameters + traditional(given.key_pem)).replace("\n", "\r\n"),
    )
    there.held_by_cas.bundle = odd

    assert sent(there, monkeypatch) == (given.certificate_pem, traditional(given.key_pem))


REFUSED = {
    "Ed25519": (key_pem(ed25519_key()), "neither an RSA nor an EC key"),
    "encrypted": (key_pem(ec_key(), passphrase="secret"), "it is encrypted"),
    "encrypted, traditional": (
        key_pem(ec_key(), passphrase="secret", traditional=True),
        "it is encrypted",
    ),
    "damaged": (key_pem(ec_key())[:-60], "has no END line"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_a_key_that_cannot_be_written_so_is_one_clear_refusal_and_nothing_is_sent(
    server: Server, product: Product, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    pem, why = REFUSED[which]
    there = account(server, product)
    given = there.held_by_cas.bundle
    there.held_by_cas.bundle = type(given)(given.certificate_pem, pem)

    with pytest.raises(CloudRejectedError) as refused:
        there.deploy()

    told = f"KeyForm: the private key of {there.new.identifier}: "
    assert told in str(refused.value)
    assert why in str(refused.value)
    assert there.bench.count(product.action) == 0
    assert there.carried() == "old"
    assert pem.splitlines()[1] not in str(refused.value) + caplog.text + repr(there.bench.cloud.calls)


@pytest.mark.parametrize("kind", KEYS)
def test_no_line_of_a_key_is_told_by_anything_but_the_request_itself(
    server: Server, product: Product, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    there = account(server, product, kind)
    there.bench.cloud.faults.add(Fault(product.action, 400, "InvalidArgument", api=product.service))

    with pytest.raises(CloudRejectedError) as refused:
        there.deploy()
    there.deploy()

    given = str(there.held_by_cas.bundle.key_pem)
    lines = {*given.splitlines(), *traditional(given).splitlines()}
    told = [caplog.text, str(refused.value), repr(refused.value), repr(there.bench.cloud.calls)]
    told += [repr(there.adapter.outcomes), repr(vars(there.adapter.adapter))]
    assert [line for line in lines if any(line in text for text in told)] == []
    assert there.carried() == "new"


@pytest.mark.parametrize("form", ["as given", "traditional"])
def test_a_product_that_takes_every_form_is_sent_the_one_that_cas_has(server: Server, form: str) -> None:
    """Secrets and ACM: their pages show PKCS#8 and the others."""
    there = account(server, PRODUCTS["FC 3.0"], "rsa-2048")
    there.bench.cloud.service("cas").choose(key_form=form)

    pair = KeyPairs(there.bench.client).of(there.new)

    given = str(there.held_by_cas.bundle.key_pem)
    assert pair.key.reveal() == (given if form == "as given" else traditional(given))
    assert isinstance(load_pem_private_key(pair.key.reveal().encode(), None), rsa.RSAPrivateKey)


def test_a_certificate_that_clb_does_not_take_for_its_kind_of_key_leaves_the_old_one(server: Server) -> None:
    there = account(server, PRODUCTS["CLB by PEM"])
    there.bench.cloud.service("slb").choose(ec_keys=False)

    with pytest.raises(CloudRejectedError, match="ECDSA certificates are not supported"):
        there.deploy()

    assert there.carried() == "old"
