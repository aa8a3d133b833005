"""Names of CAs, in each of the forms that clouds and tools write."""

import pytest

from shared.domain.ca_names import ca_key, ca_name, parts_of


@pytest.mark.parametrize(
    "written",
    [
        "R3",
        " r3 ",
        "CN=R3,O=Let's Encrypt,C=US",
        "C = US, O = Let's Encrypt, CN = R3",
        "/C=US/O=Let's Encrypt/CN=R3",
        "C=US; O=Let's Encrypt; CN=R3",
        'O="Let\'s Encrypt",CN="R3"',
        "cn=R3",
    ],
)
def test_a_name_is_the_same_in_every_form(written: str) -> None:
    assert ca_key(written) == "r3"


def test_runs_of_spaces_do_not_matter() -> None:
    assert ca_key("DigiCert  Global Root\tG2") == ca_key("CN=DigiCert Global Root G2,O=DigiCert Inc")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("CN=Test CA,OU=Web,O=Example,C=CN", "Test CA"),
        ("OU=AC RAIZ FNMT-RCM,O=FNMT-RCM,C=ES", "AC RAIZ FNMT-RCM"),
        ("O=Example,C=CN", "Example"),
        ("C=CN", "C=CN"),
        ("Encryption Everywhere DV TLS CA - G2", "Encryption Everywhere DV TLS CA - G2"),
        ("a = b, or not", "a = b, or not"),
        ("", ""),
    ],
)
def test_a_name_without_common_name_is_known_by_what_it_has(written: str, name: str) -> None:
    assert ca_name(written) == name


@pytest.mark.parametrize(
    "written",
    ["O=DigiCert\\, Inc.,C=US,CN=A", "O=DigiCert, Inc., C=US, CN=A", "/O=DigiCert, Inc./C=US/CN=A/C=CN"],
)
def test_a_comma_within_a_value_ends_nothing(written: str) -> None:
    assert parts_of(written) == {"O": "DigiCert, Inc.", "C": "US", "CN": "A"}


def test_attributes_may_be_written_as_numbers() -> None:
    assert parts_of("CN=a.example.com,2.5.4.15=Private Organization")["2.5.4.15"] == "Private Organization"


def test_what_is_escaped_begins_no_attribute() -> None:
    assert parts_of("O=a\\,b=c,CN=d") == {"O": "a,b=c", "CN": "d"}
