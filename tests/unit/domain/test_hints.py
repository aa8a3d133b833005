"""What to do about the codes that users meet: known by the code in a message, for each of its spellings."""

from __future__ import annotations

import pytest

from shared.domain.hints import codes_in, hint_for, hint_in
from shared.errors import CloudRejectedError


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("NeedVerifyDomainOwnership", "TXT record"),
        ("InvalidTimeStamp.Expired", "clock"),
        ("RequestTimeTooSkewed", "clock"),
        ("SignatureDoesNotMatch", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("InvalidAccessKeyId.NotFound", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("ResourceNotFound.Certificate", "another CAS store"),
        ("Certificate.NotExist", "another CAS store"),
        ("QuotaExceeded.AdditionalCertificates", "limit"),
        ("Certificate.OverQuota", "limit"),
        ("PrivateKeyFormatException", "key"),
        ("Certificate.MissMatch", "key"),
        ("Forbidden.RAM", "RAM action"),
        ("Throttling.User", "busy"),
        ("NotTrusted", "CERTDEPLOY_ROOTS"),
        ("InsufficientQuota", "CAS's quota"),
        ("NotSynchronised", "CAS's console"),
        ("WorkerError", "tells no reason"),
        ("JobGone", "somebody"),
        ("NoContact", "contact"),
        ("NotYetEffective", "does not serve it yet"),
    ],
)
def test_a_code_has_a_hint(code: str, told: str) -> None:
    assert told in hint_for(code)
    assert hint_for(code) == hint_for(code.upper())


@pytest.mark.parametrize(
    "code", ["Rejected", "ResourceNotFound.Listener", "Certificate.Expired", "NotQuota", ""]
)
def test_of_what_is_not_known_nothing_is_told(code: str) -> None:
    assert hint_for(code) == ""


def test_codes_are_found_in_what_an_error_says_and_in_reasons_around_it() -> None:
    error = str(CloudRejectedError("PutCname", "NeedVerifyDomainOwnership", "verify: first", "R-1"))

    assert codes_in(error) == ("NeedVerifyDomainOwnership",)
    assert codes_in(f"gave up: {error}; {error}; SetX: OverQuota: no") == (
        "NeedVerifyDomainOwnership",
        "OverQuota",
    )
    assert codes_in("the listener is gone; look again") == ()
    assert hint_in(f"SetX: Odd: ?; {error}") == hint_for("NeedVerifyDomainOwnership")
