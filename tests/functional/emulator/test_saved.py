"""The state of a running cloud as an estate file: what is in it, and what such a file is refused for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from emulator.api import Call
from emulator.authority import Authority
from emulator.client import Client, EmulatorError
from emulator.cloud import Cloud
from emulator.codec import CodecError, Reader
from emulator.estate import parse_estate
from emulator.saved import digest
from emulator.saving import saved_estate
from emulator.server import Server
from tests.functional.emulator.clients import call
from tests.functional.emulator.tablestore.ots import Tablestore, a_client, key

CAS, CDN = "2020-04-07", "2018-05-10"
ESTATE: dict[str, Any] = {
    "certificates": {
        "old": {"names": ["*.example.com"], "key": "ecdsa-p256"},
        "new": {"names": ["*.example.com"], "key": "ecdsa-p256"},
    },
    "cdn": [{"domain": "www.example.com", "certificate": "old"}],
}


@pytest.fixture
def client(server: Server) -> Client:
    found = Client(server.endpoint)
    found.load(ESTATE)
    return found


def change(server: Server) -> None:
    """The domain gets a certificate that is uploaded with it."""
    new = Authority().issue(["www.example.com"], key="ecdsa-p256")
    pair = {"SSLPub": new.certificate_pem, "SSLPri": new.key_pem}
    given = {"DomainName": "www.example.com", "CertType": "upload", "CertName": "mine", "SSLProtocol": "on"}
    call(server, "SetCdnDomainSSLCertificate", CDN, given, pair)


def carried(server: Server) -> str:
    (info,) = call(server, "DescribeDomainCertificateInfo", CDN, {"DomainName": "www.example.com"})[
        "CertInfos"
    ]["CertInfo"]
    return str(info["CertName"])


def test_what_calls_have_changed_is_there_again_and_after_a_reset(server: Server, client: Client) -> None:
    change(server)
    file = client.saved()
    client.load(ESTATE)
    assert carried(server) == "old"

    client.load(json.dumps(file))
    change_back = {"DomainName": "www.example.com", "SSLProtocol": "off"}
    assert carried(server) == "mine"
    server.cloud.time.advance(60)
    call(server, "SetCdnDomainSSLCertificate", CDN, change_back)
    client.reset()

    assert carried(server) == "mine"
    assert list(file["saved"]["products"]) == ["cdn"]
    assert client.saved() == file


def test_certificates_stay_the_same_ones(server: Server, client: Client) -> None:
    prints = [row["Fingerprint"] for row in _listed(server)]
    file = client.saved()
    client.load(ESTATE)
    assert [row["Fingerprint"] for row in _listed(server)] != prints

    client.load(file)

    assert [row["Fingerprint"] for row in _listed(server)] == prints
    assert "products" not in file["saved"]


def _listed(server: Server) -> list[dict[str, Any]]:
    page = call(server, "ListUserCertificateOrder", CAS, {"OrderType": "UPLOAD", "ShowSize": 10})
    rows: list[dict[str, Any]] = page["CertificateOrderList"]
    return rows


def test_a_change_that_is_under_way_stays_so() -> None:
    first = Cloud(settle_s=60)
    first.load(parse_estate(ESTATE))
    domain = first.service("cdn")._domains["www.example.com"]
    now = first.clock()
    domain.certificate.set(None, now=now, until=now + timedelta(seconds=60))

    other = Cloud(clock=lambda: now)
    other.load(parse_estate(json.loads(json.dumps(saved_estate(first)))))

    there = other.service("cdn")._domains["www.example.com"]
    assert there.status_at(now) == "configuring"
    assert there.status_at(now + timedelta(seconds=60)) == "online"
    assert there.certificate.served(now) == domain.certificate.served(now)


def test_rows_of_tablestore_are_in_it(server: Server, client: Client) -> None:
    store = Tablestore(server, a_client(server))
    store.create()
    columns = [("text", "ü"), ("bytes", bytearray(b"\x00\xff")), ("float", 1.5), ("true", True)]
    store.put(key("a", 1), columns)
    file = client.saved()
    client.load(ESTATE)

    client.load(file)

    assert store.columns(key("a", 1)) == dict(columns)
    assert store.range(key("a", 0), key("b", 0)) == [1]
    store.put(key("a", 2), columns)  # it goes on
    assert store.range(key("a", 0), key("b", 0)) == [1, 2]


def test_instances_that_a_file_keeps_are_left_to_it(tmp_path: Any) -> None:
    rows = [{"instance": "kept", "region": "cn-hangzhou", "file": str(tmp_path / "rows")}]
    first = Cloud(only=["tablestore"])
    first.load(parse_estate({"tablestore": rows}))
    first.service("tablestore").instances["kept"].used("t")
    kept = (tmp_path / "rows").stat().st_ino

    assert "products" not in saved_estate(first)["saved"]
    assert (tmp_path / "rows").stat().st_ino == kept


def test_a_saved_file_is_not_for_hands(server: Server, client: Client) -> None:
    file = client.saved()

    for changed in (
        {**file, "cdn": []},
        {**file, "saved": {**file["saved"], "products": {"cdn": {}}}},
    ):
        with pytest.raises(EmulatorError, match="saved: the file was changed, or is of another version"):
            client.load(changed)
    client.load({key: value for key, value in file.items() if key != "saved"})


@pytest.mark.parametrize(
    "state",
    [
        {"_domains": {}, "_more": 1},
        {"_domains": {"a": {"$": "services.kit.cdn_domains:Domain", "of": {"name": "a"}}}},
        {"_domains": {"a": {"$": "services.kit.cdn_domains:Dom", "of": {}}}},
        {"_domains": {"a": {"$": "services.kit.none:Domain", "of": {}}}},
    ],
)
def test_the_state_of_another_version_changes_nothing(
    server: Server, client: Client, state: dict[str, Any]
) -> None:
    file = client.saved()
    file["saved"] |= {"digest": "", "products": {"cdn": state}}
    file["saved"]["digest"] = digest(file)

    with pytest.raises(EmulatorError, match="another version"):
        client.load(file)

    assert carried(server) == "old"
    client.reset()


@pytest.mark.parametrize(
    "name", ["os:getpid", "services.kit.cdn_domains:timezone", "services..x:Y", "saved:X"]
)
def test_nothing_but_the_products_own_is_made(name: str) -> None:
    with pytest.raises(CodecError):
        Reader({}).value({"$": name, "of": {}})


def test_more_is_added_to_what_was_loaded_and_not_to_what_was_saved(server: Server, client: Client) -> None:
    client.load(client.saved())

    with pytest.raises(EmulatorError, match="load it without saved first"):
        client.merge({"cdn": [{"domain": "api.example.com"}]})

    assert "saved" not in client.ask("GET", "estate?saved=false")
    with pytest.raises(EmulatorError, match="saved: takes saved=true or saved=false"):
        client.ask("GET", "estate?saved=no")


def test_an_estate_without_a_certificate_is_loaded_back() -> None:
    first, other = Cloud(), Cloud()
    made = Call("PutBucket", {"bucket": "shop-code"}, "cn-hangzhou", first.account)
    first.execute(first.services["oss"], made)

    other.load(parse_estate(json.loads(json.dumps(saved_estate(first)))))

    assert other.service("oss").kept() == first.service("oss").kept()
