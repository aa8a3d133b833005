"""CDN and its kin: what their answers leave out or tell otherwise, and whose a certificate is then."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.api import ApiError
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.products.kit.fingerprints import identifier_of_leaf, leaf_of, same
from shared.products.kit.found import Unread
from tests.contract.answers import edit, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, CERTIFICATES
from tests.contract.cases.live import CASES as LIVE

FAMILY = [c for c in CASES if c.product.value in ("CDN", "DCDN", "VOD", "LIVE")]
LISTED = [case.product.value for case in FAMILY]


def account(server: Server, product: str, *rows: dict[str, Any]) -> Bench:
    estate = {"certificates": CERTIFICATES, product.lower(): list(rows)}
    return new_bench(server, CloudProduct(product), estate)


def told(monkeypatch: pytest.MonkeyPatch, bench: Bench, action: str, **fields: Any) -> None:
    """From now on each row or certificate of an answer tells these fields."""

    def otherwise(answer: dict[str, Any]) -> None:
        rows = answer.get("CertInfos", {}).get("CertInfo") or answer["Domains"]["PageData"]
        for row in rows:
            row.update(fields)

    edit(monkeypatch, bench.cloud, action, otherwise)


def test_an_upload_s_id_counts_if_cas_has_that_very_certificate(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = account(server, "DCDN", {"domain": "www.example.com", "certificate": "old"})
    info, second = bench.adapter.words.info, bench.estate.id_of("second")

    told(monkeypatch, bench, info, CertType="upload", CertName="by-hand", CertId=str(second), SSLPub="")
    assert bench.carried()["www.example.com"] == "upload:by-hand", "whose number it is, is not known"
    pem = bench.estate.bundle("old", bench.cloud.clock()).certificate_pem
    told(monkeypatch, bench, info, SSLPub=pem)
    assert bench.carried()["www.example.com"] == "old", "the certificate itself says so"
    pem = bench.estate.bundle("second", bench.cloud.clock()).certificate_pem
    told(monkeypatch, bench, info, SSLPub=pem)
    assert bench.carried()["www.example.com"] == "second"


def test_a_fingerprint_of_the_key_counts_with_the_end_only(server: Server) -> None:
    """The vendor's texts do not agree on what CAS's fingerprint is of; a renewal may keep the key."""
    bench = account(server, "LIVE", {"domain": "www.example.com", "certificate": "old"})
    leaf = leaf_of(bench.estate.bundle("old", bench.cloud.clock()).certificate_pem)
    assert leaf is not None
    old = bench.certificate("old").evolve(serial="")
    later = old.not_after + timedelta(days=90)

    for fingerprint in (leaf.sha1, leaf.sha256, leaf.key_sha1, leaf.key_sha256):
        assert same(leaf, old.evolve(fingerprint=fingerprint))
    for fingerprint in (leaf.key_sha1, leaf.key_sha256, "", "00"):
        assert not same(leaf, old.evolve(fingerprint=fingerprint, not_after=later))
    assert not same(leaf, old.evolve(fingerprint=leaf.key_sha1, serial="1"))
    assert same(leaf, old.evolve(fingerprint="00", serial=leaf.serial))
    assert not same(leaf, old.evolve(fingerprint=""))


@pytest.mark.parametrize("product", LISTED)
def test_an_end_that_is_left_out_is_that_of_the_pem(
    server: Server, monkeypatch: pytest.MonkeyPatch, product: str
) -> None:
    """Nobody else tells when a certificate ends that CAS does not know."""
    bench = account(server, product, {"domain": "www.example.com", "certificate": "old"})
    end = bench.certificate("old").not_after

    told(monkeypatch, bench, bench.adapter.words.info, CertExpireTime=None)

    slot = bench.slot("www.example.com")
    assert (slot.cert_not_after, bench.adapter.read(slot)) == (end, slot)
    told(monkeypatch, bench, bench.adapter.words.info, **{bench.adapter.words.info_pem: ""})
    assert bench.slot("www.example.com").cert_not_after is None


@pytest.mark.parametrize("product", LISTED)
def test_live_and_its_kin_know_a_pem_by_the_fingerprint_of_its_key(server: Server, product: str) -> None:
    bench = account(server, product, {"domain": "www.example.com", "certificate": "old"})
    leaf = leaf_of(bench.estate.bundle("old", bench.cloud.clock()).certificate_pem)
    assert leaf is not None
    known = bench.certificate("old").evolve(serial="", fingerprint=leaf.key_sha256)
    catalogue = SimpleNamespace(by_fingerprint=lambda *prints: known if leaf.key_sha256 in prints else None)

    assert identifier_of_leaf(catalogue, leaf) == known.identifier  # type: ignore[arg-type]
    later = known.evolve(not_after=known.not_after + timedelta(days=90))
    catalogue.by_fingerprint = lambda *prints: later if leaf.key_sha256 in prints else None
    assert identifier_of_leaf(catalogue, leaf) == f"sha256:{leaf.sha256}"  # type: ignore[arg-type]


@pytest.mark.parametrize("refused", [False, True])
def test_domains_that_the_filter_by_kinds_hides_are_found_without_it(
    server: Server, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    """Whether the list takes several kinds, with commas, is not known."""
    bench = account(server, "DCDN", {"domain": "www.example.com", "certificate": "old"})
    service = bench.cloud.service("dcdn")
    listed = service.DescribeDcdnUserDomains

    def filtered(call: Any) -> Any:
        if "WebSiteType" in call.params and refused:
            raise ApiError(400, "InvalidParameter", "not such a WebSiteType")
        answer = listed(call)
        return answer | {"Domains": {"PageData": []}} if "WebSiteType" in call.params else answer

    monkeypatch.setattr(service, "DescribeDcdnUserDomains", filtered)

    assert bench.carried() == {"www.example.com": "old"}


@pytest.mark.parametrize("case", [c for c in FAMILY if c.name != "LIVE"], ids=lambda case: case.name)
def test_https_that_is_on_without_a_certificate_being_told_is_not_taken_for_off(
    server: Server, monkeypatch: pytest.MonkeyPatch, case: Any
) -> None:
    bench = new_bench(server, case.product, case.estate)
    https = [slot for slot in bench.slots().values() if slot.https]
    edit(monkeypatch, bench.cloud, bench.adapter.words.info, lambda answer: take_out(answer, "CertInfos"))

    found = list(bench.adapter.found(case.region))

    unread = [one for one in found if isinstance(one, Unread)]
    assert sorted(one.what for one in unread) == sorted(slot.resource_id for slot in https)
    assert all("it is on, and no certificate is told" in str(one.error) for one in unread)
    assert len(found) == len(case.carried)


@pytest.mark.parametrize("case", FAMILY, ids=lambda case: case.name)
def test_a_certificate_is_in_service_unless_its_switch_says_off(server: Server, case: Any) -> None:
    bench = new_bench(server, case.product, case.estate)
    before, words = bench.carried(), bench.adapter.words
    service = bench.cloud.service(case.product.value)
    service._domains = {n: d for n, d in service._domains.items() if d.certificate.value}
    for told_of_it in (None, "", "a new word"):
        with pytest.MonkeyPatch.context() as patch:
            told(patch, bench, words.info, **{words.info_switch: told_of_it})
            told(patch, bench, words.domains, **({words.switch: told_of_it} if words.switch else {}))
            carried = bench.carried()
        assert carried == {name: known for name, known in before.items() if known}


def test_live_is_reached_at_a_regional_host_where_the_settings_name_one(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = LIVE[0]
    bench = new_bench(server, case.product, case.estate)
    host = "live.ap-southeast-1.aliyuncs.com"
    bench.client._hosts = {"live": host}
    reached: set[str] = set()
    execute = bench.cloud.execute

    def executed(service: Any, call: Any) -> Any:
        reached.update([call.host] if service.api == "live" else [])
        return execute(service, call)

    monkeypatch.setattr(bench.cloud, "execute", executed)

    assert bench.carried() == case.carried
    assert reached == {host}
