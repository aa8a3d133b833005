"""The level of a certificate by the policies that it names."""

import pytest
from cryptography import x509

from shared.domain.levels import Evidence, Validation
from shared.validation.levels import level_of
from tests.keys import a_signed_certificate

DV, IV, OV, EV = "2.23.140.1.2.1", "2.23.140.1.2.3", "2.23.140.1.2.2", "2.23.140.1.1"
OF_A_CA = "2.16.840.1.114412.2.1"  #: DigiCert's for EV


def policies(*named: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in named]
    )


@pytest.mark.parametrize(
    ("named", "level"),
    [
        ((DV,), Validation.DV),
        ((IV,), Validation.IV),
        ((OV,), Validation.OV),
        ((EV,), Validation.EV),
        ((OF_A_CA, EV), Validation.EV),
        ((EV, OV), Validation.EV),
        ((DV, OV), Validation.OV),
        ((OF_A_CA,), Validation.UNKNOWN),
        ((f"{EV}.1", "2.5.29.32.0"), Validation.UNKNOWN),
    ],
)
def test_the_policy_tells_the_level_and_of_several_the_highest(
    named: tuple[str, ...], level: Validation
) -> None:
    found = level_of(a_signed_certificate("example.com", extension=policies(*named)).certificate)

    assert (found.validation, found.by) == (level, Evidence.POLICY)


def test_a_certificate_without_policies_tells_no_level() -> None:
    assert level_of(a_signed_certificate("example.com").certificate).validation is Validation.UNKNOWN


def test_of_two_levels_the_one_that_more_was_checked_for_ranks_higher() -> None:
    assert [one.value for one in sorted(Validation, key=lambda one: one.rank)] == [
        *("unknown", "DV", "IV", "OV", "EV")
    ]
