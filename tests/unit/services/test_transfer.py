"""Certificates into CAS and out of it: which one is the same, which store is meant, what is never sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.cloud.cas import KeyPair
from shared.domain.certificates import Certificate
from shared.errors import CloudRejectedError, CloudUnavailableError, InvalidRequestError, NotFoundError
from shared.services.transfer import Exported, Uploaded, export_certificate, upload_certificate
from shared.services.world import World
from shared.validation.bundles import CertificateBundle
from shared.validation.secret import SecretPem
from tests.builders import NOW, a_certificate
from tests.keys import a_leaf, intermediate, root
from tests.unit.validation.uploads import chain, read

HOME, ABROAD = "cn-hangzhou", "ap-southeast-1"
LEAF = a_leaf("www.example.com", "example.com")
PEM, KEY = chain(LEAF, intermediate()), LEAF.key_pem
NOT_FOUND = CloudRejectedError("GetUserCertificateDetail", "NotFound.Certificate", "no such certificate")


@dataclass
class Cas:
    """One store: what it lists, what it is given, and how it ends."""

    listed: list[Certificate] = field(default_factory=list)
    pairs: dict[int, KeyPair] = field(default_factory=dict)
    fails: Exception | None = None
    keeps: bool = True  #: of an upload whose answer is lost
    uploads: list[tuple[str, str, str]] = field(default_factory=list)

    def list_certificates(self) -> list[Certificate]:
        return list(self.listed)

    def upload(self, name: str, certificate_pem: str, key: SecretPem) -> int:
        self.uploads.append((name, certificate_pem, key.reveal()))
        if self.keeps:
            self.listed.append(in_cas(100 + len(self.uploads), name=name))
        if self.fails:
            raise self.fails
        return 100 + len(self.uploads)

    def key_pair(self, cert_id: int) -> KeyPair:
        if self.fails:
            raise self.fails
        if cert_id not in self.pairs:
            raise NOT_FOUND
        return self.pairs[cert_id]


def bundle() -> CertificateBundle:
    return read(PEM, KEY)


def in_cas(cert_id: int, **changes: Any) -> Certificate:
    """The certificate of LEAF as CAS lists it."""
    own = bundle()
    return a_certificate(
        cert_id, **{"names": own.names, "fingerprint": own.sha1, "serial": own.serial, **changes}
    )


def a_world(home: Cas, abroad: Cas | None = None, stores: Sequence[str] = (HOME, ABROAD)) -> World:
    there = {HOME: home, ABROAD: abroad or Cas()}
    policy = SimpleNamespace(stores=tuple(stores))
    parts: Any = SimpleNamespace(clock=lambda: NOW, policy=policy, cas=there.__getitem__)
    return cast(World, parts)


def upload(world: World, name: str = "new", store: str = "", pem: str = PEM) -> Uploaded:
    return upload_certificate(world, name, pem, SecretPem(KEY), store)


def test_a_new_certificate_is_sent_once_with_its_chain_and_its_key_and_told() -> None:
    cas = Cas([a_certificate(1, name="another")])

    told = upload(a_world(cas))

    assert cas.uploads == [("new", bundle().certificate_pem, bundle().key.reveal())]
    assert told == Uploaded(
        cert_id=101,
        cert_identifier="101-cn-hangzhou",
        name="new",
        already_there=False,
        names=("www.example.com", "example.com"),
        not_after=NOW + timedelta(days=90),
        notes=bundle().notes,
    )


def test_what_is_good_to_know_is_told_with_it() -> None:
    told = upload(a_world(Cas()), pem=chain(LEAF, intermediate(), root()))

    assert told.notes == read(chain(LEAF, intermediate(), root()), KEY).notes != ()


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"fingerprint": "of-sha256", "serial": "1"}, True),
        ({"fingerprint": "77"}, True),  # CAS may tell one of the key: serial and names say it
        ({"fingerprint": "77", "names": ("example.com", "www.example.com")}, True),
        ({"serial": "1", "names": ("example.org",)}, True),  # the fingerprint alone says it
        ({"fingerprint": "77", "serial": "1"}, False),
        ({"fingerprint": "77", "names": ("www.example.com",)}, False),
        ({"has_private_key": False}, False),
        ({"has_private_key": None}, False),
    ],
    ids=str,
)
def test_a_certificate_that_is_there_with_its_key_is_not_added_again(
    changes: dict[str, Any], same: bool
) -> None:
    if changes.get("fingerprint") == "of-sha256":
        changes = {**changes, "fingerprint": bundle().sha256}
    cas = Cas([a_certificate(1), in_cas(2, name="older", **changes), a_certificate(3)])

    told = upload(a_world(cas))

    if same:
        assert (told.cert_id, told.cert_identifier, told.name) == (2, "2-cn-hangzhou", "older")
        assert told.names == ("www.example.com", "example.com")
    assert (told.already_there, len(cas.uploads)) == (same, 0 if same else 1)


def test_a_name_that_another_has_is_refused_and_nothing_is_sent() -> None:
    cas = Cas([a_certificate(1, name="old"), a_certificate(2, name="new")])

    with pytest.raises(InvalidRequestError) as refused:
        upload(a_world(cas))

    assert str(refused.value) == (
        "name: another certificate is named new already (2-cn-hangzhou); choose one that is new"
    )
    assert cas.uploads == []


def test_it_goes_to_the_first_store_unless_another_is_named() -> None:
    home, abroad = Cas(), Cas()
    world = a_world(home, abroad)

    assert upload(world).cert_identifier == "101-cn-hangzhou"
    assert upload(world, store=ABROAD).cert_identifier == "101-ap-southeast-1"
    assert (len(home.uploads), len(abroad.uploads)) == (1, 1)
    assert upload(a_world(Cas(), abroad, [ABROAD, HOME]), "other").cert_identifier == "101-ap-southeast-1"


def test_an_upload_whose_answer_is_lost_is_found_or_told() -> None:
    lost = CloudUnavailableError("UploadUserCertificate", "ConnectionLost", "no answer")
    kept, gone = Cas(fails=lost), Cas(fails=lost, keeps=False)

    told = upload(a_world(kept))

    assert (told.cert_id, told.name, told.already_there) == (101, "new", False)
    with pytest.raises(CloudUnavailableError):
        upload(a_world(gone))
    assert (len(kept.uploads), len(gone.uploads)) == (1, 1)


def test_what_cas_refuses_is_let_out() -> None:
    refusal = CloudRejectedError("UploadUserCertificate", "NameRepeat", "taken")

    with pytest.raises(CloudRejectedError):
        upload(a_world(Cas(fails=refusal)))


@pytest.mark.parametrize(
    ("name", "store", "pem", "told"),
    [
        ("new", "mars", PEM, ["store: mars is none of ours (cn-hangzhou, ap-southeast-1)"]),
        ("x" * 64, "", PEM, ["use at most 63"]),
        ("x" * 64, "mars", "nothing", ["use at most 63", "store: mars is none of ours"]),
        ("new", "", "nothing", []),
    ],
    ids=["store", "name", "all", "chain"],
)
def test_all_that_is_wrong_is_told_at_once_and_cas_is_not_asked(
    name: str, store: str, pem: str, told: list[str]
) -> None:
    cas = Cas()

    with pytest.raises(InvalidRequestError) as refused:
        upload(a_world(cas), name, store, pem)

    assert [part for part in told if part not in str(refused.value)] == []
    assert ("store:" in str(refused.value)) == (store == "mars")
    assert refused.value.__cause__ is None
    assert cas.uploads == []


PAIR = KeyPair(PEM, SecretPem(KEY))


@pytest.mark.parametrize(
    ("text", "found"),
    [("7", "7-cn-hangzhou"), (" 8 ", "8-ap-southeast-1"), (f"7-{ABROAD}", f"7-{ABROAD}")],
)
def test_an_export_takes_an_id_of_any_store_or_an_identifier(text: str, found: str) -> None:
    abroad = replace(PAIR, certificate_pem="abroad")
    world = a_world(Cas(pairs={7: PAIR}), Cas(pairs={7: abroad, 8: abroad}))

    told = export_certificate(world, text)

    assert told == Exported(found, PAIR if found == "7-cn-hangzhou" else abroad)
    assert KEY.splitlines()[1] not in repr(told)
    with pytest.raises(FrozenInstanceError):
        told.cert_identifier = "8-cn-hangzhou"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["shop", "7-mars", "", "x7", "-cn-hangzhou"])
def test_what_is_no_id_of_ours_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        export_certificate(a_world(Cas(pairs={7: PAIR})), text)

    assert str(refused.value) == (
        f"{text!r}: an id is needed, such as 10741304, of one of our stores (cn-hangzhou, ap-southeast-1)"
    )


@pytest.mark.parametrize("text", ["9", f"7-{ABROAD}"])
def test_what_no_store_has_does_not_exist(text: str) -> None:
    with pytest.raises(NotFoundError, match=f"Certificate {text} does not exist"):
        export_certificate(a_world(Cas(pairs={7: PAIR})), f" {text} ")


def test_a_key_that_cas_does_not_hold_is_no_reason_to_look_elsewhere() -> None:
    missing = CloudRejectedError("GetUserCertificateDetail", "KeyMissing", "no key")

    with pytest.raises(CloudRejectedError, match="KeyMissing"):
        export_certificate(a_world(Cas(fails=missing), Cas(pairs={7: PAIR})), "7")
