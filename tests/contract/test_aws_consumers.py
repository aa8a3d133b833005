"""AWS on moto: listeners and distributions whose certificate is not an imported one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from emulator import aws as emulated
from emulator.edge import Edge
from emulator.faults import Fault
from emulator.server import Server
from shared.cloud.cas import Cas
from shared.cloud.tls import HandshakeRefusedError, handshake
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.aws.adapter import Adapter
from shared.products.kit.changes import Carries, Change
from shared.products.kit.exchange import End
from shared.products.kit.means import Means
from tests.contract.aws_bench import (
    REGION,
    a_distribution,
    account,
    config_of,
    elb,
    give_listener,
    issued_by_amazon,
    seen,
    slot,
)
from tests.contract.bench import AllOfCas, Bench, certificates
from tests.contract.driven import Driven


def test_a_listener_of_amazon_s_certificate_gets_an_imported_one_and_keeps_the_others(amazon: Bench) -> None:
    listener = give_listener(amazon, issued_by_amazon("example.com", "*.example.com"))
    other = slot(amazon, "acm", "other").resource_id
    elb().add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": other}])
    before = next(s for s in seen(amazon).by_kind["listener"] if s.resource_id == listener)
    assert (before.obstacle, set(before.domains)) == ("", {"example.com", "*.example.com"})

    after = amazon.deploy(before, "new")

    assert (after.resource_id, amazon.name_of(after.cert_identifier)) == (listener, "new")
    now = [one for one in seen(amazon).by_kind["listener"] if one.listener_id == listener]
    assert [amazon.name_of(one.cert_identifier) for one in now] == ["new", "other"]


def test_an_additional_certificate_is_exchanged_once_even_if_a_try_broke_off(amazon: Bench) -> None:
    listener = slot(amazon, "listener", "old").listener_id
    theirs = issued_by_amazon("example.com", "*.example.com")
    elb().add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": theirs}])
    before = next(s for s in seen(amazon).by_kind["listener"] if s.resource_id == f"{listener}/{theirs}")
    amazon.cloud.faults.add(Fault("RemoveListenerCertificates"))

    with pytest.raises(CloudUnavailableError):
        amazon.adapter.deploy(before, amazon.certificate("new"))
    assert amazon.adapter.successor(before, amazon.certificate("new")) is None
    after = amazon.deploy(before, "new")

    here = [one for one in seen(amazon).by_kind["listener"] if one.listener_id == listener]
    assert [amazon.name_of(one.cert_identifier) for one in here] == ["old", "other", "new"]
    assert after.resource_id == here[-1].resource_id
    assert [amazon.name_of(one.cert_identifier) for one in seen(amazon).by_kind["acm"]].count("new") == 1


def test_the_slots_of_a_listener_are_seen_together_and_may_become_one(amazon: Bench) -> None:
    listener = give_listener(amazon, issued_by_amazon("example.com", "*.example.com"))
    theirs = issued_by_amazon("example.com", "*.example.com", "a.example.com")
    elb().add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": theirs}])
    names = ("example.com", "*.example.com")
    slots = {one.resource_id: one for one in seen(amazon).by_kind["listener"] if one.listener_id == listener}
    default, additional = slots[listener], slots[f"{listener}/{theirs}"].evolve(domains=names)
    new = amazon.certificate("new")
    amazon.cloud.calls.clear()

    looks = amazon.adapter.look([Change(default, new), Change(additional, new)])
    assert [look.carries for look in looks if look] == [Carries.EXPECTED, Carries.EXPECTED]
    asked = ("DescribeListeners", "DescribeListenerCertificates", "GetCertificate")
    assert [amazon.count(action) for action in asked] == [1, 1, len(looks)]

    outcomes = amazon.adapter.outcomes(Change(default, new), Change(additional, new))

    ends = [(one.end, one.look.slot.resource_id) for one in outcomes if one.look]
    assert ends == [(End.DONE, listener), (End.DONE, listener)]
    here = [one for one in seen(amazon).by_kind["listener"] if one.listener_id == listener]
    assert [amazon.name_of(one.cert_identifier) for one in here] == ["new"]
    assert (amazon.count("ImportCertificate"), amazon.count("GetUserCertificateDetail")) == (1, 1)


def test_what_another_function_imports_meanwhile_is_taken(amazon: Bench) -> None:
    listener = give_listener(amazon, issued_by_amazon("example.com", "*.example.com"))
    before = next(s for s in seen(amazon).by_kind["listener"] if s.resource_id == listener)
    new, names = amazon.certificate("new"), []

    @contextmanager
    def after_the_other(name: str) -> Iterator[None]:
        names.append(name)
        emulated.import_certificate(REGION, amazon.estate.bundle("new", amazon.cloud.clock()))
        yield

    known = AllOfCas(Cas(amazon.client, "cn-hangzhou"))
    means = Means(amazon.client, catalogue=known, exclusive=after_the_other, aws=amazon.aws)
    Driven(Adapter(means), seconds=5).deploy(before, new)

    assert names == [f"acm/{REGION}/{new.identifier}"]
    assert amazon.count("ImportCertificate") == 0
    here = [one for one in seen(amazon).by_kind["listener"] if one.listener_id == listener]
    assert [amazon.name_of(one.cert_identifier) for one in here] == ["new"]


def test_what_is_there_is_not_imported_anew_whatever_cas_s_fingerprint_is_of(amazon: Bench) -> None:
    """The vendor's texts say of the certificate, or of its public key."""
    amazon.cloud.service("cas").choose(fingerprint="key")
    listener = give_listener(amazon, issued_by_amazon("example.com", "*.example.com"))
    emulated.import_certificate(REGION, amazon.estate.bundle("new", amazon.cloud.clock()))
    before = next(s for s in seen(amazon).by_kind["listener"] if s.resource_id == listener)

    after = amazon.deploy(before, "new")

    assert amazon.count("ImportCertificate") == 0
    assert amazon.name_of(after.cert_identifier) == "new"


def test_a_distribution_s_certificate_is_exchanged_and_nothing_else(amazon: Bench) -> None:
    there = a_distribution(issued_by_amazon("example.com", "*.example.com"), "www.example.com")
    before = config_of(there)
    (slot_before,) = seen(amazon).by_kind["distribution"]
    assert (slot_before.domains, slot_before.obstacle) == (("www.example.com",), "")

    with Edge(amazon.cloud) as edge:
        after = amazon.deploy(slot_before, "new")
        leaf = handshake(slot_before.endpoint, "www.example.com", via=edge.address, algorithm="ECC")
        assert leaf.sha256 == amazon.estate.bundle("new", amazon.cloud.clock()).sha256.lower()
        with pytest.raises(HandshakeRefusedError):
            handshake(slot_before.endpoint, "shop.example.com", via=edge.address, algorithm="ECC")

    now = config_of(there)
    arn = now["ViewerCertificate"].pop("ACMCertificateArn")
    before["ViewerCertificate"].pop("ACMCertificateArn")
    assert arn == slot(amazon, "acm", "new").resource_id
    assert now == before
    assert (amazon.name_of(after.cert_identifier), after.obstacle.partition(" arn")[0]) == (
        "new",
        "follows the ACM certificate",
    )


@pytest.mark.long
def test_settings_that_a_change_lost_come_back(amazon: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS tells the certificate in older fields as well, and takes them beside the newer one from nobody."""
    theirs = issued_by_amazon("example.com", "*.example.com")
    there = a_distribution(theirs, "www.example.com")
    before = config_of(there)
    (slot_before,) = seen(amazon).by_kind["distribution"]
    client = amazon.adapter._aws  # type: ignore[attr-defined]
    real, sent = client.call, []
    older = {"Certificate": theirs, "CertificateSource": "acm"}

    def forgetful(action: str, region: str, /, **params: Any) -> Any:
        if action == "UpdateDistribution":
            if not sent:
                params["DistributionConfig"] = {**params["DistributionConfig"], "Comment": ""}
            sent.append(params["DistributionConfig"]["ViewerCertificate"])
        answer = real(action, region, **params)
        if action == "GetDistribution":
            answer["Distribution"]["DistributionConfig"]["ViewerCertificate"] |= older
        return answer

    monkeypatch.setattr(client, "call", forgetful)
    with pytest.raises(CloudRejectedError, match="Comment: 'the shop'"):
        amazon.adapter.deploy(slot_before, amazon.certificate("new"))

    assert config_of(there) == before
    assert [viewer.keys() & older.keys() for viewer in sent] == [set(), set()]


def test_an_imported_certificate_that_nothing_else_public_serves_is_proved_at_its_distribution(
    amazon: Bench,
) -> None:
    """`inside` has it too, where nobody can ask for it."""
    arn = slot(amazon, "acm", "alone").resource_id
    a_distribution(arn, "www.example.com", "elsewhere.example.com")
    found = slot(amazon, "acm", "alone")
    assert found.endpoint.endswith(".cloudfront.net:443")
    assert found.server_names == ("www.example.com",)

    with Edge(amazon.cloud) as edge:
        at_its_name = handshake(found.endpoint, "www.example.com", via=edge.address, algorithm="ECC")
        at_the_alias = handshake("www.example.com:443", "www.example.com", via=edge.address, algorithm="ECC")

    assert at_its_name.sha256 == amazon.estate.bundle("alone", amazon.cloud.clock()).sha256.lower()
    assert at_its_name == at_the_alias


def test_a_listener_with_a_certificate_of_iam_gets_one_of_acm(amazon: Bench) -> None:
    old = amazon.estate.bundle("old", amazon.cloud.clock())
    uploaded = emulated.client("iam", REGION).upload_server_certificate(
        ServerCertificateName="by-hand",
        CertificateBody=old.certificate_pem.partition("-----END CERTIFICATE-----\n")[0]
        + "-----END CERTIFICATE-----\n",
        PrivateKey=old.key_pem,
    )
    listener = give_listener(amazon, uploaded["ServerCertificateMetadata"]["Arn"])
    before = next(s for s in seen(amazon).by_kind["listener"] if s.resource_id == listener)
    assert (before.obstacle, amazon.name_of(before.cert_identifier)) == ("", "old")
    assert amazon.adapter.read(before) == before, "ACM is not asked for what IAM has"
    with Edge(amazon.cloud) as edge:
        leaf = handshake(before.endpoint, "www.example.com", via=edge.address, algorithm="ECC")
    assert leaf.sha256 == old.sha256.lower()

    after = amazon.deploy(before, "new")

    assert amazon.name_of(after.cert_identifier) == "new"
    assert after.obstacle.endswith(f"{slot(amazon, 'acm', 'new').resource_id}, which has a slot of its own")


@pytest.mark.parametrize("name", ["old", "other"])
def test_a_look_at_one_slot_of_a_listener_tells_what_the_others_carry(amazon: Bench, name: str) -> None:
    slots = {amazon.name_of(one.cert_identifier): one for one in seen(amazon).by_kind["listener"]}
    listener = {one: slots[one] for one in ("old", "other")}

    (look,) = amazon.adapter.look([Change(listener.pop(name), amazon.certificate("new"))])

    assert look is not None
    beside = amazon.adapter.adapter.beside(look)
    assert {one.slot: one.cert_identifier for one in beside} == {
        one.slot: one.cert_identifier for one in listener.values()
    }


def test_an_estate_has_certificates_of_amazon_s_own_for_the_same_names(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners = [{"port": 443, "default": "old", "additional": ["other"]}]
    estate = {
        "certificates": certificates("old", "other", domain="example.net"),
        "aws": [{"name": "own", "issued_by_amazon": True, "listeners": listeners}],
        "cloudfront": [{"aliases": ["a.example.net"], "certificate": "old", "issued_by_amazon": True}],
    }
    found = seen(account(server, monkeypatch, estate)).by_kind

    assert {kind: len(slots) for kind, slots in found.items()} == {"listener": 2, "distribution": 1}
    for one in (*found["listener"], *found["distribution"]):
        assert (one.obstacle, one.cert_identifier[:7]) == ("", "sha256:")
    assert {frozenset(one.domains) for one in found["listener"]} == {
        frozenset({"example.net", "*.example.net"})
    }
