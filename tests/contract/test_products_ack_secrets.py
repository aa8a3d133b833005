"""ACK's TLS Secrets alone: what is left as it is, what was edited by hand, and where clients meet them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.server import Server
from emulator.services.ack.cluster_kinds import SECRETS, Target
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.ack.adapter import Adapter
from shared.products.kit.changes import Carries, Change
from shared.products.kit.fingerprints import leaf_of
from shared.products.kit.found import Unread
from shared.products.kit.means import Means
from tests.contract.bench import Bench, new_bench, until
from tests.contract.cases.ack import ESTATE, SHOP
from tests.contract.clusters import a_bench, before_the_patch, edit, put_by_hand, secret, shop, stored

TLS = f"{SHOP}/secret/web/tls"
FRONT = "shop/front:443/default"
OUT_OF_REACH = (
    "no connection to the cluster's API server could be made; run the function in the cluster's VPC,"
    " or let the function's address in"
)


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.ACK, ESTATE, "cn-hangzhou")


def test_an_immutable_secret_is_refused(server: Server) -> None:
    bench = a_bench(server, secrets=[{"name": "tls", "certificate": "old", "immutable": True}])

    with pytest.raises(
        CloudRejectedError, match=r"^PatchSecret: Immutable: it cannot be changed; make a new Secret \("
    ):
        bench.adapter.deploy(bench.slot(f"{SHOP}/secret/default/tls"), bench.certificate("new"))


def test_a_hand_edit_of_a_deployed_secret_is_drift(bench: Bench) -> None:
    bench.deploy(bench.slot(TLS), "new")
    assert bench.slots()[TLS].obstacle == ""

    put_by_hand(bench, "second")

    slot = bench.slots()[TLS]
    assert slot.obstacle.startswith("drift: edited by hand")
    assert bench.name_of(slot.cert_identifier) == "second"


def by_key(fingerprint: str, known: Certificate, *prints: str) -> Certificate | None:
    return known if fingerprint in prints else None


def test_a_renewal_that_kept_the_key_is_not_taken_for_the_certificate_in_place(bench: Bench) -> None:
    """CAS's fingerprint may be that of the key, and CAS may have the renewal only."""
    leaf = leaf_of(bench.estate.bundle("old", bench.cloud.clock()).certificate_pem)
    assert leaf is not None
    old = bench.certificate("old").evolve(serial="", fingerprint=leaf.key_sha1)
    later = old.evolve(not_after=old.not_after + timedelta(days=90))
    for known, carries in ((old, "old"), (later, f"sha256:{leaf.sha256}")):
        catalogue: Any = SimpleNamespace(by_fingerprint=partial(by_key, leaf.key_sha1, known))
        found = Adapter(Means(bench.client, catalogue=catalogue)).discover(bench.region)
        slots = [one for one in found if not isinstance(one, Unread) and one.resource_id.endswith("/web/tls")]

        assert [bench.name_of(slot.cert_identifier) for slot in slots] == [carries]


def test_a_key_that_does_not_fit_is_told(bench: Bench) -> None:
    key = secret(bench, "web", "mail")["data"]["tls.key"]
    edit(
        bench,
        lambda item: {**item, "data": {**item["data"], "tls.key": key}},
        Target(SECRETS, "web", "tls"),
    )

    assert "tls.key does not belong to tls.crt" in bench.slots()[TLS].obstacle


def test_only_certificate_and_key_of_a_secret_change(bench: Bench) -> None:
    extra = {"ca.crt": "Y2E="}
    edit(
        bench,
        lambda item: {
            **item,
            "data": {**item["data"], **extra},
            "metadata": {**item["metadata"], "labels": {"team": "shop"}, "annotations": {"note": "keep"}},
        },
        Target(SECRETS, "web", "tls"),
    )

    bench.deploy(bench.slot(TLS), "new")

    after = secret(bench)
    assert after["data"]["ca.crt"] == extra["ca.crt"]
    assert after["metadata"]["labels"] == {"team": "shop"}
    assert set(after["metadata"]["annotations"]) == {
        "note",
        "certdeploy.io/certificate",
        "certdeploy.io/fingerprint",
    }


def test_a_secret_that_changes_meanwhile_is_read_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def label() -> None:
        meta = {"labels": {"team": "shop"}}
        edit(
            bench,
            lambda item: {**item, "metadata": {**item["metadata"], **meta}},
            Target(SECRETS, "web", "tls"),
        )

    slot = bench.slot(TLS)
    before_the_patch(monkeypatch, label)

    bench.deploy(slot, "new")

    assert bench.count("PatchSecret", code="Conflict") == 1
    assert secret(bench)["metadata"]["labels"] == {"team": "shop"}


def test_a_certificate_put_there_meanwhile_is_not_overwritten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(TLS)
    before_the_patch(monkeypatch, lambda: put_by_hand(bench, "second"))

    with pytest.raises(
        CloudRejectedError, match=r"^PatchSecret: Conflict: another certificate was put there just now \("
    ):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried()[TLS] == "second"


def test_a_secret_is_met_where_an_ingress_serves_it(bench: Bench) -> None:
    slot = bench.slots()[TLS]

    assert (slot.endpoint, slot.server_names) == ("ingress.shop.example.net:443", ("www.example.com",))
    assert bench.slots()[f"{SHOP}/secret/dev/tls"].endpoint == ""


def test_the_ingress_serves_the_new_pair(bench: Bench) -> None:
    slot, fingerprint = bench.slot(TLS), bench.certificate("new").fingerprint

    def served() -> bool:
        found = bench.cloud.service("cs").served(slot.endpoint, "www.example.com")
        return fingerprint in {found[0].sha1.lower(), found[0].sha256.lower()}

    assert not served()
    bench.deploy(slot, "new")
    until(served)


@pytest.mark.parametrize(
    "data", [{"tls.crt": "*"}, {"tls.crt": "x"}, {"tls.crt": "é"}, {}, None, {"tls.key": "x"}]
)
def test_a_secret_that_holds_no_base64_is_looked_at_and_left_alone(
    bench: Bench, data: dict[str, str] | None
) -> None:
    """No API server takes it; whoever plays one may tell it."""
    slot, new = bench.slot(TLS), bench.certificate("new")
    there = stored(bench, SECRETS, "web", "tls")
    shop(bench).store.objects[(SECRETS.plural, "web", "tls")] = {**there, "data": data}

    (look,) = bench.adapter.adapter.look([Change(slot, new)])

    assert look is not None
    assert look.carries is Carries.OTHER
    assert look.slot.obstacle.startswith("it has no readable certificate")
