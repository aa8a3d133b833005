"""Certificates out of CAS: found by id in any store, or by identifier in its own."""

from dataclasses import FrozenInstanceError

import pytest

from emulator.authority import Authority
from emulator.bundles import Bundle
from shared.domain.certificates import STORES
from shared.errors import CloudRejectedError, InvalidRequestError, NotFoundError
from shared.services.transfer import export_certificate
from tests.functional.pipeline.platform import Platform

CHINA, INTERNATIONAL, *_ = STORES
NEW = Authority().issue(["new.example.com", "*.example.com"], key="ecdsa-p256")


def held(account: Platform, bundle: Bundle, store: str = CHINA) -> int:
    """CAS has it; its id."""
    return int(account.cloud.service("cas").add("there", store, bundle).id)


def asked(account: Platform, action: str) -> list[str]:
    """The stores that were asked for `action`."""
    return [call.region or CHINA for call in account.cloud.calls if call.action == action]


@pytest.mark.parametrize("store", STORES)
def test_an_export_is_the_pair_of_the_store_that_has_it(account: Platform, store: str) -> None:
    cert_id = held(account, NEW, store=store)

    for text in (str(cert_id), f" {cert_id} ", f"{cert_id}-{store}"):
        exported = export_certificate(account.world, text)
        assert exported.cert_identifier == f"{cert_id}-{store}"
        assert exported.pair.certificate_pem == NEW.certificate_pem
        assert exported.pair.key.reveal() == NEW.key_pem
        assert "pair" not in repr(exported)
        with pytest.raises(FrozenInstanceError):
            exported.cert_identifier = "1-cn-hangzhou"  # type: ignore[misc]


def test_an_identifier_is_looked_for_in_its_store_only(account: Platform) -> None:
    cert_id = held(account, NEW)

    with pytest.raises(NotFoundError, match=f"^Certificate {cert_id}-{INTERNATIONAL} does not exist$"):
        export_certificate(account.world, f" {cert_id}-{INTERNATIONAL}")


@pytest.mark.parametrize("text", ["", "shop", "²", "7-mars", "shop-cn-hangzhou", "-cn-hangzhou"])
def test_what_is_no_id_of_our_stores_is_refused(account: Platform, text: str) -> None:
    with pytest.raises(InvalidRequestError) as error:
        export_certificate(account.world, text)
    assert str(error.value) == (
        f"{text!r}: not an id such as 10741304 in one of the configured stores ({', '.join(STORES)})"
    )
    assert list(account.cloud.calls) == []


def test_a_refusal_other_than_not_found_ends_the_search(account: Platform) -> None:
    cert_id = held(account, Bundle(NEW.certificate_pem))

    with pytest.raises(CloudRejectedError, match="CAS holds no private key of"):
        export_certificate(account.world, str(cert_id))

    assert asked(account, "GetUserCertificateDetail") == [CHINA]
