"""Products' own stores of certificates: what they list, and that nothing is deleted which something uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from emulator.server import Server
from shared.cloud import aws
from shared.cloud.cas import Cas
from shared.cloud.credentials import Credentials
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.domain.resources import CloudProduct
from shared.domain.stored import StoredCertificate
from shared.errors import CloudDeniedError
from shared.products import adapter_class, supported_products
from shared.products.kit.base import ProductAdapter
from shared.products.kit.found import Unread
from shared.products.kit.in_account import InAccount
from shared.products.kit.means import Means
from shared.runtime.grants import CLEANS, grants
from tests.contract.answers import edit, put, take_out
from tests.contract.aws_bench import REGION, account, acm, give_listener
from tests.contract.bench import STORE, AllOfCas, Bench, certificates, new_bench
from tests.contract.oracle import Sdk, form, recording, told
from tests.roles import session_of

HERE = "cn-hangzhou"
THERE = "2000000000000002"
ESTATE: dict[str, Any] = {
    "certificates": {
        **certificates("old", "new"),
        "mine": {"names": ["example.com"], "in_cas": False, "key": "ecdsa-p256"},
    },
    "slb": [
        {
            "name": "shop",
            "region": HERE,
            "listeners": [{"port": 443, "certificate": "old"}, {"port": 444, "certificate": "mine"}],
        }
    ],
    "esa": [
        {
            "site": "example.com",
            "records": ["www.example.com"],
            "certificates": [
                {"certificate": "old"},
                {"certificate": "new", "type": "upload"},
                {"certificate": "mine", "type": "free"},
            ],
        },
        {"site": "example.net", "status": "pending", "certificates": [{"certificate": "old"}]},
    ],
}


@dataclass
class Cleaner:
    """An adapter with the rights of the function that cleans up, and no others."""

    bench: Bench
    adapter: ProductAdapter
    region: str

    def all(self) -> list[StoredCertificate]:
        found = list(self.adapter.stored(self.region))
        assert not any(isinstance(one, Unread) for one in found), found
        return [one for one in found if isinstance(one, StoredCertificate)]

    def by_name(self) -> dict[str, StoredCertificate]:
        return {f"{self.bench.name_of(one.cert_identifier)}": one for one in self.all()}


def cleaner(bench: Bench, server: Server, region: str) -> Cleaner:
    key = session_of(bench.cloud, CLEANS, Stores="all")
    credentials = Credentials(key.access_key_id, key.access_key_secret, key.token)
    pacer = Pacer(sleep=lambda seconds: None)
    client = OpenApi(lambda: credentials, endpoint=server.endpoint, pacer=pacer, sleep=lambda s: None)
    means = Means(client, AllOfCas(Cas(bench.client, STORE)), aws=bench.aws)
    adapter = adapter_class(bench.product)(means)
    for one in (adapter, *getattr(adapter, "_by_kind", {}).values()):
        one.page_size = 2
    return Cleaner(bench, adapter, region)


def slb(server: Server) -> Cleaner:
    return cleaner(new_bench(server, CloudProduct.SLB, ESTATE, HERE, roles=False), server, HERE)


def esa(server: Server) -> Cleaner:
    return cleaner(new_bench(server, CloudProduct.ESA, ESTATE, roles=False), server, "")


def test_a_store_is_kept_by_these_products() -> None:
    having = {product.value for product in supported_products() if adapter_class(product).has_store}
    assert having == {"AWS", "ESA", "SLB"}


def test_only_the_function_that_cleans_up_may_delete_a_certificate() -> None:
    deleting = {"slb:DeleteServerCertificate", "esa:DeleteCertificate", "yundun-cert:DeleteUserCertificate"}
    assert deleting <= grants()[CLEANS]
    others = {name: actions & deleting for name, actions in grants().items() if name != CLEANS}
    assert {name: found for name, found in others.items() if found} == {}


@pytest.mark.ordinary_answers("the fewest fields tell no times")
def test_clb_tells_its_certificates_and_what_we_have_put_there(server: Server) -> None:
    made = slb(server)
    made.bench.deploy(made.bench.slots()["shop:443/default"], "new")

    found = made.by_name()

    assert set(found) == {"old", "new", "upload:mine"}
    new = made.bench.estate.identifier("new")
    assert {name: one.put_as for name, one in found.items()} == {"old": "", "new": new, "upload:mine": ""}
    assert not any(one.is_slot or one.kept for one in found.values())
    assert found["new"].place == f"SLB/{HERE}/{found['new'].stored_id}"
    ends = made.bench.certificate("new").not_after, found["new"].not_after
    assert ends[1] is not None
    assert abs((ends[0] - ends[1]).total_seconds()) < 1
    assert found["new"].put_at is not None


def test_clb_deletes_what_no_listener_has_and_says_of_the_others_that_it_is_used(server: Server) -> None:
    made = slb(server)
    made.bench.deploy(made.bench.slots()["shop:443/default"], "new")
    found = made.by_name()

    assert made.adapter.drop(found["old"]) == ""
    assert made.adapter.drop(found["old"]) == "", "somebody has deleted it"
    why = made.adapter.drop(found["new"])

    assert why == "SLB says that something uses it (CertificateAndPrivateKeyIsRefered)"
    assert set(made.by_name()) == {"new", "upload:mine"}
    assert made.bench.carried()["shop:443/default"] == "new"


def test_a_name_that_somebody_else_chose_is_none_of_ours(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = slb(server)
    edit(
        monkeypatch,
        made.bench.cloud,
        "DescribeServerCertificates",
        lambda answer: put(answer, "ServerCertificates.ServerCertificate[].ServerCertificateName", "cas-us"),
    )
    assert {one.put_as for one in made.all()} == {""}


@pytest.mark.parametrize("path", ["ExpireTime", "CreateTime", "ServerCertificateName"])
def test_clb_may_tell_little_of_a_certificate(
    server: Server, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    made = slb(server)
    whole = f"ServerCertificates.ServerCertificate[].{path}"
    edit(monkeypatch, made.bench.cloud, "DescribeServerCertificates", lambda answer: take_out(answer, whole))
    assert len(made.all()) == 2


def test_esa_tells_the_entries_of_its_pools_which_are_slots(server: Server) -> None:
    made = esa(server)
    slots = {slot.slot for slot in made.bench.slots().values()}

    found = made.all()

    assert {one.place for one in found} == slots
    assert all(one.is_slot and one.put_at for one in found)
    kept = {made.bench.name_of(one.cert_identifier).partition(":")[0]: one.kept for one in found}
    assert kept["free"] == "ESA issued this certificate itself and renews it"
    assert kept["new"] == ""
    pending = [one.kept for one in found if one.kept.startswith("the site is")]
    assert pending == ["the site is pending; bring it into service first"]


def test_esa_deletes_an_entry_unless_it_has_another_certificate_by_now(server: Server) -> None:
    made = esa(server)
    free = {made.bench.name_of(one.cert_identifier): one for one in made.all() if not one.kept}
    old, new = free["old"], free["new"]
    seen = old.evolve(cert_identifier="1-cn-hangzhou")  # as it was shown once

    assert made.adapter.drop(seen) == "it has another certificate by now"
    assert old.place in {one.place for one in made.all()}
    assert made.adapter.drop(old) == ""
    assert made.adapter.drop(old) == "", "somebody has deleted it"
    left = {one.place for one in made.all()}
    assert old.place not in left
    assert new.place in left


def test_an_entry_that_cannot_be_read_hides_no_other(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    made = esa(server)

    def broken(answer: dict[str, Any]) -> None:
        for row in answer["Result"][:1]:
            row["Type"] = {"what": "is this"}

    edit(monkeypatch, made.bench.cloud, "ListCertificates", broken)
    found = list(made.adapter.stored(""))

    assert any(isinstance(one, Unread) for one in found)
    assert any(isinstance(one, StoredCertificate) for one in found)


@pytest.mark.parametrize(("make", "service"), [(slb, "slb20140515"), (esa, "esa20240910")])
@pytest.mark.ordinary_answers("the SDK does not know the fields that are made up")
def test_a_deletion_is_what_the_sdk_sends(
    server: Server, monkeypatch: pytest.MonkeyPatch, make: Any, service: str
) -> None:
    made = make(server)
    one = next(one for one in made.all() if not one.kept)
    with recording(monkeypatch) as recorder:
        made.adapter.drop(one)
    ours = next(
        request for request in recorder.requests if request.header("x-acs-action").startswith("Delete")
    )

    with recording(monkeypatch) as recorder:
        Sdk(service, server).send(ours.header("x-acs-action"), told(ours))
    (theirs,) = recorder.requests

    assert form(ours)["query"] == form(theirs)["query"]
    assert ours.method == theirs.method or made.adapter.product is CloudProduct.SLB


def test_a_role_that_deploys_deletes_nothing(server: Server) -> None:
    one = slb(server).all()[0]
    bench = new_bench(server, CloudProduct.SLB, ESTATE, HERE)
    with pytest.raises(CloudDeniedError, match="DeleteServerCertificate"):
        bench.adapter.adapter.drop(one)


def test_in_another_account_the_account_is_told_and_taken_back(server: Server) -> None:
    made = slb(server)
    means = Means(made.bench.client, AllOfCas(Cas(made.bench.client, STORE)))
    inside = InAccount(adapter_class(CloudProduct.SLB), means, THERE)

    found = [one for one in inside.stored(HERE) if isinstance(one, StoredCertificate)]
    by_name = {one.name: one for one in found}

    assert {one.account for one in found} == {THERE}
    assert by_name["mine"].cert_identifier == f"{THERE}@upload:mine"
    assert by_name["old"].place.startswith(f"SLB/{THERE}@{HERE}/")
    assert (
        inside.drop(by_name["old"]) == "SLB says that something uses it (CertificateAndPrivateKeyIsRefered)"
    )


@pytest.fixture
def amazon(server: Server, monkeypatch: pytest.MonkeyPatch) -> Cleaner:
    made = account(server, monkeypatch)
    return cleaner(made, server, REGION)


def test_acm_tells_what_was_imported_and_what_uses_it(amazon: Cleaner) -> None:
    spare = amazon.bench.estate.certificates  # those on listeners are in use
    found = amazon.by_name()
    assert set(found) <= set(spare)
    assert all(one.is_slot and one.kept.startswith("ACM says that") for one in found.values())


def test_acm_deletes_what_nothing_uses(amazon: Cleaner) -> None:
    before = {one.place: one for one in amazon.all()}
    old = next(one for one in before.values() if amazon.bench.name_of(one.cert_identifier) == "old")
    assert amazon.adapter.drop(old).startswith("ACM says that arn:")
    give_listener(amazon.bench, next(one.stored_id for one in before.values() if one is not old))

    (free,) = [one for one in amazon.all() if not one.kept]
    assert free.place == old.place
    assert (
        amazon.adapter.drop(free.evolve(cert_identifier="1-cn-hangzhou"))
        == "it has another certificate by now"
    )
    assert amazon.adapter.drop(free) == ""
    assert old.place not in {one.place for one in amazon.all()}
    with pytest.raises(Exception, match="ResourceNotFound"):
        acm().describe_certificate(CertificateArn=free.stored_id)


def test_acm_refuses_what_is_in_use_at_the_last_moment(
    amazon: Cleaner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ACM tells of a certificate's uses may be behind."""
    one = amazon.all()[0]
    monkeypatch.setattr("shared.products.aws.account.Region.used_by", lambda region, arn: "")
    assert amazon.adapter.drop(one) == "AWS says that something uses it (ResourceInUseException)"
    assert aws.ACTIONS["DeleteCertificate"] == "acm"
