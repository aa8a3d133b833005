"""CDN, DCDN, VOD and Live alone: whose certificate an upload is, and what does not pass by waiting."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.cloud.cas import Cas
from shared.cloud.reading import Fields
from shared.domain.certificates import STORES
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.kit.cdn_functions import arguments
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
from shared.products.kit.means import Means
from shared.services.catalogue import KnownCertificates
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, CERTIFICATES
from tests.contract.cases.live import CASES as LIVE
from tests.contract.cases.vod import CASES as VOD
from tests.keys import traditional

FAMILY = [c for c in CASES if c.product.value in ("CDN", "DCDN", "VOD", "LIVE")]
LISTED: dict[str, Callable[[int, int], int]] = {
    "CDN": lambda domains, https: https,
    "DCDN": lambda domains, https: https,
    "VOD": lambda domains, https: https,
    "LIVE": lambda domains, https: domains,  # its list does not tell whether HTTPS is on
}


def account(server: Server, product: str, *rows: dict[str, Any], **more: Any) -> Bench:
    estate = {"certificates": {**CERTIFICATES, **more}, product.lower(): list(rows)}
    return new_bench(server, CloudProduct(product), estate)


@pytest.mark.parametrize("case", FAMILY, ids=lambda case: case.name)
def test_discovery_asks_for_the_certificate_of_https_domains_only(server: Server, case: Any) -> None:
    bench = new_bench(server, case.product, case.estate)
    bench.slots()

    https = sum(bool(name) for name in case.carried.values())
    assert bench.count(case.reads[1]) == LISTED[case.product.value](len(case.carried), https)


@pytest.mark.parametrize("product", LISTED)
def test_a_certificate_that_only_the_product_has_is_known_by_its_fingerprint(
    server: Server, product: str
) -> None:
    hand_made = {"names": ["www.example.com"], "key": "ecdsa-p256", "in_cas": False}
    row = {"domain": "www.example.com", "certificate": "hand-made"}
    bench = account(server, product, row, **{"hand-made": hand_made})

    sha256 = bench.estate.bundle("hand-made", bench.cloud.clock()).sha256.lower()
    assert bench.slots()["www.example.com"].cert_identifier == f"sha256:{sha256}"


@pytest.mark.parametrize("product", ["CDN", "DCDN", "VOD"])
def test_an_upload_that_cas_holds_too_is_cas_s_certificate(server: Server, product: str) -> None:
    """So there is a way back to it, and the same certificate is not deployed over itself."""
    bench = account(server, product, {"domain": "www.example.com", "certificate": "old"})
    service = bench.cloud.service(product)
    (domain,) = service._domains.values()
    bound = domain.certificate.value
    domain.certificate.value = type(bound)("upload", "by-hand", bound.bundle, bound.updated)

    slot = bench.slot("www.example.com")

    assert bench.name_of(slot.cert_identifier) == "old"
    bench.deploy(slot, "old")
    assert bench.count(bench.adapter.words.change) == 0  # type: ignore[attr-defined]


def test_a_certificate_told_without_id_and_pem_is_found_by_its_name(server: Server) -> None:
    bench = account(server, "VOD", {"domain": "www.example.com", "certificate": "old"})
    bench.cloud.service("vod").info = ("DomainName", "ServerCertificateStatus", "CertType", "CertName")

    assert bench.carried() == {"www.example.com": "old"}


@pytest.mark.parametrize("told", [(), ("CertRegion",)], ids=["in any store", "in its store"])
def test_a_name_that_two_certificates_bear_means_neither_of_them(
    server: Server, told: tuple[str, ...]
) -> None:
    """A renewal keeps the name of its order."""
    bench = account(server, "VOD", {"domain": "www.example.com", "certificate": "old"})
    bench.cloud.service("vod").info = ("DomainName", "ServerCertificateStatus", "CertType", "CertName", *told)

    def carried() -> list[str]:
        """As the installation tells, which knows no certificate from before."""
        table: Any = SimpleNamespace(list=lambda store: [])
        catalogue = KnownCertificates(table, STORES, lambda store: Cas(bench.client, store))
        slots = bench.adapter.adapter.__class__(Means(bench.client, catalogue)).discover("")
        return [slot.cert_identifier for slot in slots if not isinstance(slot, Unread)]

    assert carried() == [bench.estate.identifier("old")]
    for row in bench.cloud.service("cas")._certificates.values():
        row.name = "old"
    assert carried() == ["cas:old"]


@pytest.mark.parametrize("code", ["PrivateKeyError", "InvalidDomain.Configure_failed"])
def test_a_refusal_of_vod_with_status_500_is_final(server: Server, code: str) -> None:
    bench = new_bench(server, CloudProduct.VOD, VOD[0].estate)
    slot = bench.slot(VOD[0].slot)
    bench.cloud.faults.add(Fault(VOD[0].writes, status=500, code=code))

    with pytest.raises(CloudRejectedError, match=code):
        bench.adapter.deploy(slot, bench.certificate("new"))


def test_a_domain_that_is_being_configured_is_tried_again(server: Server) -> None:
    case = FAMILY[0]
    bench = new_bench(server, case.product, case.estate)
    bench.cloud.faults.add(Fault(case.writes, status=403, code="ServiceBusy", times=2))

    bench.deploy(bench.slot(case.slot), "new")

    assert bench.count(case.writes, code="ServiceBusy") == 2


@pytest.mark.parametrize("case", FAMILY, ids=lambda case: case.name)
def test_until_a_change_is_through_nothing_but_the_domain_s_state_is_asked(server: Server, case: Any) -> None:
    bench = new_bench(server, case.product, case.estate)
    slot, words = bench.slot(case.slot), bench.adapter.words
    bench.cloud.settle_s = 0.2
    bench.cloud.calls.clear()

    bench.deploy(slot, "new")

    assert bench.count(words.detail) > 2
    assert (bench.count(words.info), bench.count(words.functions, code=""), bench.count(words.change)) == (
        2,
        2,
        1,
    )


@pytest.mark.parametrize("case", FAMILY, ids=lambda case: case.name)
@pytest.mark.ordinary_answers("calls are counted, and a total that is off costs a further one")
def test_the_list_tells_the_state_of_many_domains_and_functions_that_are_unknown_are_asked_for_once(
    server: Server, case: Any
) -> None:
    bench = new_bench(server, case.product, case.estate)
    bench.adapter.adapter.page_size = 50
    slots, words, new = list(bench.slots().values()), bench.adapter.words, bench.certificate("new")
    bench.cloud.calls.clear()

    looks = bench.adapter.look([Change(slot, new) for slot in slots])

    assert [look.slot for look in looks] == slots
    assert (bench.count(words.detail), bench.count(words.domains)) == (1, 1)
    https = sum(slot.https for slot in slots)
    assert bench.count(words.functions, code="") == https
    assert bench.count(words.functions) - https == (case.name in ("LIVE", "VOD"))


def test_a_domain_that_failed_to_configure_is_an_error(server: Server) -> None:
    bench = account(
        server, "DCDN", {"domain": "www.example.com", "certificate": "old", "status": "configure_failed"}
    )
    slot = bench.slot("www.example.com")

    assert "configure_failed" in slot.obstacle
    with pytest.raises(
        CloudRejectedError, match=r"^SetDcdnDomainSSLCertificate: configure_failed: www\.example\.com \("
    ):
        bench.adapter.settled(slot)


def test_a_first_deployment_may_change_what_comes_with_https(server: Server) -> None:
    case = FAMILY[0]
    bench = new_bench(server, case.product, case.estate)
    slot = bench.slot(case.without_https)
    bench.cloud.service("cdn").forgets = ("https_option",)

    bench.deploy(slot, "new")

    assert bench.carried()[case.without_https] == "new"


@pytest.mark.parametrize("product", LISTED)
def test_a_lost_setting_is_told_where_cas_lacks_the_certificate_before(server: Server, product: str) -> None:
    hand_made = {"names": ["www.example.com"], "key": "ecdsa-p256", "in_cas": False}
    row = {"domain": "www.example.com", "certificate": "hand-made"}
    bench = account(server, product, row, **{"hand-made": hand_made})
    slot = bench.slot("www.example.com")
    bench.cloud.service(product).forgets = ("https_force",)

    with pytest.raises(
        CloudRejectedError, match=r"https_force\.enable: 'on' → None.*CAS does not have the certificate"
    ):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried() == {"www.example.com": "new"}


def test_a_function_under_several_conditions_is_the_same_in_any_order() -> None:
    rows = [
        Fields(
            {
                "FunctionName": "https_force",
                "FunctionArgs": {"FunctionArg": [{"ArgName": "enable", "ArgValue": value}]},
            }
        )
        for value in ("on", "off")
    ]

    assert (
        arguments(rows) == arguments(reversed(rows)) == {"https_force": [{"enable": "off"}, {"enable": "on"}]}
    )


def test_domains_of_edge_programs_are_not_hidden(server: Server) -> None:
    bench = account(
        server, "DCDN", {"domain": "er.example.com", "certificate": "old", "kind": "computing_image"}
    )

    assert bench.carried() == {"er.example.com": "old"}


def test_live_keeps_one_domain_s_certificate_apart_from_another_s(server: Server) -> None:
    """A name that is used twice would exchange the certificate of both."""
    case = LIVE[0]
    bench = new_bench(server, case.product, case.estate)
    bench.deploy(bench.slot("www.example.com"), "new")
    bench.deploy(bench.slot("shop.example.com"), "new")

    bench.deploy(bench.slot("www.example.com"), "second")

    assert bench.carried() == {**case.carried, "www.example.com": "second", "shop.example.com": "new"}


def test_live_asks_cas_for_a_key_pair_once(server: Server) -> None:
    case = LIVE[0]
    bench = new_bench(server, case.product, case.estate)
    for name in ("www.example.com", "shop.example.com"):
        bench.deploy(bench.slot(name), "new")

    assert bench.count("GetUserCertificateDetail") == 1


def test_live_finds_what_it_deployed_by_its_fingerprint(server: Server) -> None:
    case = LIVE[0]
    bench = new_bench(server, case.product, case.estate)
    bench.deploy(bench.slot(case.slot), "new")

    (bound,) = (
        domain.certificate.value
        for domain in bench.cloud.service("live")._domains.values()
        if domain.name == case.slot
    )
    assert bound.name.startswith(f"cas-{bench.estate.identifier('new')}-")
    assert bench.carried()[case.slot] == "new"


def test_live_says_that_cas_has_no_key_to_deploy(server: Server) -> None:
    keyless = {"names": ["www.example.com"], "key": "ecdsa-p256", "source": "BUY", "private_key": False}
    bench = account(
        server, "LIVE", {"domain": "www.example.com", "certificate": "old"}, **{"offline-key": keyless}
    )

    with pytest.raises(CloudRejectedError, match="KeyMissing"):
        bench.adapter.deploy(bench.slot("www.example.com"), bench.certificate("offline-key"))


def test_live_s_private_key_is_in_no_url_and_no_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    case = LIVE[0]
    bench = new_bench(server, case.product, case.estate)
    with caplog.at_level("DEBUG"):
        bench.deploy(bench.slot(case.slot), "new")

    key = bench.estate.bundle("new", bench.cloud.clock()).key_pem
    assert key is not None
    for line in (key.splitlines()[1], traditional(key).splitlines()[1]):
        assert line not in caplog.text
        assert line not in repr(bench.cloud.calls)
