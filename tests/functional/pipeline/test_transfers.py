"""Certificates into CAS: which counts as there already, in which store, what is told."""

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emulator.authority import Authority
from emulator.bundles import Bundle
from emulator.faults import Fault
from shared.domain.certificates import STORES
from shared.errors import CloudUnavailableError, InvalidRequestError
from shared.services.transfer import Uploaded, upload_certificate
from shared.validation.secret import SecretPem
from tests.functional.pipeline.platform import Platform
from tests.keys import a_signed_certificate, ec_key, root

CHINA, INTERNATIONAL, *_ = STORES
NEW = Authority().issue(["new.example.com", "*.example.com"], key="ecdsa-p256")
OTHER = Authority().issue(["other.example.com"], key="ecdsa-p256")
#: With another end, under the key and the serial number of NEW.
KEPT = Authority().issue(["new.example.com", "*.example.com"], key="ecdsa-p256", days=300)
RENEWED = Authority().issue(["new.example.com", "*.example.com"], key="ecdsa-p256")


def key_print(bundle: Bundle) -> str:
    """CAS documents its fingerprint as that of the public key."""
    leaf = x509.load_pem_x509_certificate(bundle.certificate_pem.encode())
    spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha1(spki, usedforsecurity=False).hexdigest().upper()


def leaf_of(bundle: Bundle) -> str:
    end = "-----END CERTIFICATE-----\n"
    return bundle.certificate_pem.partition(end)[0] + end


def held(account: Platform, bundle: Bundle, name: str = "there", store: str = CHINA) -> int:
    """CAS has it; its id."""
    return int(account.cloud.service("cas").add(name, store, bundle).id)


def upload(account: Platform, name: str | None = "new", store: str = "") -> Uploaded:
    key = SecretPem(NEW.key_pem or "")
    return upload_certificate(account.world, name, NEW.certificate_pem, key, store)


def asked(account: Platform, action: str) -> list[str]:
    """The stores that were asked for `action`."""
    return [call.region or CHINA for call in account.cloud.calls if call.action == action]


def uploads(account: Platform) -> list[str]:
    return asked(account, "UploadUserCertificate")


def listed_as(bundle: Bundle, **facts: str) -> Bundle:
    """A certificate of which CAS tells something else than its bytes do."""
    told = type("Told", (Bundle,), facts)
    return told(bundle.certificate_pem, bundle.key_pem)  # type: ignore[no-any-return]


BY_SERIAL = pytest.mark.ordinary_answers("CAS tells serials")


@pytest.mark.parametrize(
    ("there", "same"),
    [
        (listed_as(NEW, serial="1"), True),
        (listed_as(NEW, serial="1", sha1=NEW.sha256), True),
        pytest.param(listed_as(NEW, sha1=key_print(NEW)), True, marks=BY_SERIAL),
        pytest.param(listed_as(NEW, sha1=""), True, marks=BY_SERIAL),
        (listed_as(NEW, sha1="", serial="1"), False),
        (listed_as(NEW, sha1="AB" * 20), False),
        (listed_as(OTHER, sha1="", serial=NEW.serial), False),
        (listed_as(KEPT, sha1=key_print(NEW), serial=NEW.serial), False),
        (RENEWED, False),
        (Bundle(NEW.certificate_pem), False),
    ],
    ids=[
        *("sha1", "sha256", "fingerprint of the key", "serial, names and dates", "names and dates"),
        *("another fingerprint", "serial", "a renewal with key and serial number", "a renewal"),
        "without its key",
    ],
)
def test_a_certificate_is_there_already_if_cas_holds_it_with_its_key(
    account: Platform, there: Bundle, same: bool
) -> None:
    held(account, RENEWED, "decoy")
    known = held(account, there)

    done = upload(account)

    assert (done.already_there, len(uploads(account))) == (same, 0 if same else 1)
    assert (done.cert_id == known, done.name) == (same, "there" if same else "new")


BESIDE = "CAS has this certificate as there ({}) with another chain or none; this one is added beside it"


@pytest.mark.parametrize("leaf", [True, False], ids=["from the leaf", "from its issuer"])
@pytest.mark.parametrize("names", ["common", "whole"])
@pytest.mark.parametrize("fingerprint", ["certificate", pytest.param("key", marks=BY_SERIAL)])
def test_the_full_chain_of_a_leaf_that_cas_holds_alone_is_a_new_certificate(
    account: Platform, leaf: bool, names: str, fingerprint: str
) -> None:
    account.cloud.service("cas").choose(chain_leaf=leaf, chain_names=names, fingerprint=fingerprint)
    alone = held(account, Bundle(leaf_of(NEW), NEW.key_pem))

    done = upload(account)
    again = upload(account, "again")

    assert (done.already_there, done.cert_id == alone) == (False, False)
    assert done.notes[-1] == BESIDE.format(f"{alone}-{CHINA}")
    assert (again.already_there, again.cert_id) == (True, done.cert_id)


def test_a_renewal_that_keeps_its_serial_number_and_its_key_is_a_new_certificate(account: Platform) -> None:
    """As a CA of one's own may make it."""
    old, new = (
        a_signed_certificate(
            "in.example.com", issuer=root(), names=["in.example.com"], days=days, age=600, serial=1
        )
        for days in (900, 1000)
    )
    for leaf in (old, new):
        done = upload_certificate(
            account.world,
            f"in-{leaf.certificate.not_valid_after_utc:%Y}",
            leaf.pem + root().pem,
            SecretPem(leaf.key_pem),
        )
        assert not done.already_there

    assert len(uploads(account)) == 2


def test_a_chain_whose_issuer_was_renewed_is_a_new_certificate(account: Platform) -> None:
    """Its names are the same; the end of the issuer is not."""
    older, newer = (
        a_signed_certificate("Our CA", key=ec_key(which="ours"), issuer=root(), ca=True, days=days, age=600)
        for days in (1000, 1500)
    )
    leaf = a_signed_certificate("a.example.com", issuer=older, names=["a.example.com"], days=900, age=600)
    there = held(account, Bundle(leaf.pem + older.pem, leaf.key_pem))
    key = SecretPem(leaf.key_pem)

    again = upload_certificate(account.world, "again", leaf.pem + older.pem + root().pem, key)
    done = upload_certificate(account.world, "renewed", leaf.pem + newer.pem, key)

    assert (again.already_there, again.cert_id) == (True, there), "a root makes no difference"
    assert (done.already_there, done.name) == (False, "renewed")


def test_where_cas_tells_no_chain_the_certificate_itself_is_read(
    account: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = held(account, Bundle(leaf_of(NEW), NEW.key_pem))
    monkeypatch.setattr("emulator.services.cas.store.chain_list", lambda row, now, **how: [])

    done = upload(account)
    again = upload(account, "again")

    assert (done.already_there, done.cert_id == alone) == (False, False)
    assert (again.already_there, again.cert_id) == (True, done.cert_id)


def test_where_its_chain_may_not_be_read_the_certificate_is_taken_for_there_and_that_is_said(
    account: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = held(account, NEW)
    monkeypatch.setattr("emulator.services.cas.store.chain_list", lambda row, now, **how: [])
    account.cloud.deny("yundun-cert:GetUserCertificateDetail")

    done = upload(account)

    assert (done.already_there, done.cert_id) == (True, there)
    assert done.notes[-1].startswith("with which chain CAS holds it is not known")


def test_a_name_that_nobody_gave_is_made_of_the_first_name_and_the_end(account: Platform) -> None:
    stem = f"new.example.com-{NEW.not_after:%Y-%m-%d}"
    held(account, RENEWED, stem)

    assert upload(account, None).name == f"{stem}-2"
    assert upload(account, None).already_there


def test_a_name_that_the_copy_without_its_chain_has_is_told_as_such(account: Platform) -> None:
    alone = held(account, Bundle(leaf_of(NEW), NEW.key_pem), "new")

    with pytest.raises(InvalidRequestError, match=rf"the same certificate with another chain \({alone}-"):
        upload(account)


def test_an_upload_tells_what_it_made(account: Platform) -> None:
    done = upload(account)

    assert done == Uploaded(
        cert_id=done.cert_id,
        cert_identifier=f"{done.cert_id}-{CHINA}",
        name="new",
        already_there=False,
        names=("new.example.com", "*.example.com"),
        not_after=NEW.not_after,
        notes=("the chain ends below 'certdeploy Local Root CA', which clients must trust",),
    )
    (row,) = account.world.cas(CHINA).list_certificates()
    assert (row.cert_id, row.name, row.has_private_key is not False) == (done.cert_id, "new", True)
    again = upload(account, "again")
    assert again == done.evolve(already_there=True)


def test_a_certificate_goes_to_the_store_that_is_named_or_to_the_first(account: Platform) -> None:
    there = upload(account, store=INTERNATIONAL)
    here = upload(account)

    assert (there.cert_identifier, there.already_there) == (f"{there.cert_id}-{INTERNATIONAL}", False)
    assert (here.cert_identifier, here.already_there) == (f"{here.cert_id}-{CHINA}", False)
    assert uploads(account) == [INTERNATIONAL, CHINA]


def test_a_store_that_is_not_ours_is_told_with_the_rest_or_alone(account: Platform) -> None:
    with pytest.raises(InvalidRequestError) as error:
        upload(account, store="mars")
    assert str(error.value) == f"store: mars is not a configured store ({', '.join(STORES)})"
    with pytest.raises(InvalidRequestError) as error:
        upload(account, "", store="mars")
    assert str(error.value) == (
        "certificate: name: it is empty; enter a name;"
        f" store: mars is not a configured store ({', '.join(STORES)})"
    )
    assert list(account.cloud.calls) == []


def test_a_name_is_taken_by_another_certificate_of_the_same_store(account: Platform) -> None:
    taken = held(account, RENEWED, "new")

    with pytest.raises(InvalidRequestError) as error:
        upload(account)

    message = f"name: new is the name of another certificate ({taken}-{CHINA}); choose another"
    assert str(error.value) == message
    assert uploads(account) == []
    assert not upload(account, store=INTERNATIONAL).already_there


def test_an_answer_that_was_lost_is_made_up_for_by_looking(account: Platform) -> None:
    account.cloud.faults.add(Fault("UploadUserCertificate", when="after", drop=True))

    done = upload(account)

    (row,) = account.world.cas(CHINA).list_certificates()
    assert (done.cert_id, done.already_there) == (row.cert_id, False)


def test_an_upload_that_did_not_happen_is_no_success(account: Platform) -> None:
    account.cloud.faults.add(Fault("UploadUserCertificate", drop=True))

    with pytest.raises(CloudUnavailableError):
        upload(account)

    assert account.world.cas(CHINA).list_certificates() == []
