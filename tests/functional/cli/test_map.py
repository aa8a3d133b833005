"""The map: which slot serves which certificate, what covers it, and where a certificate could go."""

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from tests.functional.cli.conftest import SHOP, Command

ESTATE = {
    "regions": ["cn-hangzhou"],
    "certificates": {
        "shop": {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 12},
        "renewed": {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 199},
        "keyless": {"names": ["*.example.edu"], "key": "ecdsa-p256", "days": 50, "private_key": False},
        "hand-made": {"names": ["h.example.com"], "key": "ecdsa-p256", "days": 40, "in_cas": False},
        "edu": {"names": ["www.example.edu"], "key": "ecdsa-p256", "days": -2, "age": 90},
        "national": {"names": ["*.example.com"], "key": "sm2", "days": 300},
        "rsa": {"names": ["*.example.com"], "days": 250},
        "own-ca": {"names": ["in.example.com"], "key": "ecdsa-p256", "days": 300, "listed": False},
    },
    "cdn": [
        {"domain": "www.example.com", "certificate": "shop"},
        {"domain": "new.example.com", "certificate": "renewed"},
        {"domain": "h.example.com", "certificate": "hand-made"},
        {"domain": "www.example.edu", "certificate": "edu"},
        {"domain": "plain.example.com"},
    ],
}
RENEWED, KEYLESS, NATIONAL, RSA = (SHOP + 1009 * place for place in (1, 2, 5, 6))


@pytest.fixture
def mapped(command: Command, cloud: Cloud) -> Command:
    cloud.load(parse_estate(ESTATE))
    assert command("scan").code == 0
    assert command("discover", "--product", "CDN").code == 0
    return command


def slots(command: Command) -> dict[str, dict[str, Any]]:
    listed = command("resource", "list", "--product", "CDN", "--all", "--json").json["Resources"]
    return {row["ResourceId"]: row for row in listed}


def test_each_slot_is_told_with_what_covers_it_best(mapped: Command) -> None:
    """The kind of key stays where there is a choice; what is valid longest comes first."""
    found = slots(mapped)

    assert found["www.example.com"]["CertName"] == "shop"
    assert found["www.example.com"]["BestCertIdentifier"] == f"{RENEWED}-cn-hangzhou"
    assert found["new.example.com"]["BestCertIdentifier"] == f"{RENEWED}-cn-hangzhou"
    assert found["new.example.com"]["KeptAway"]["CertIdentifier"] == f"{RSA}-cn-hangzhou"
    assert found["plain.example.com"]["BestCertIdentifier"] == ""
    assert found["plain.example.com"]["KeptAway"]["Rule"] == "first"
    assert found["www.example.com"]["BestNotAfter"] > found["www.example.com"]["CertNotAfter"]


def test_what_nothing_covers_is_told(mapped: Command) -> None:
    """One that is expired, without its key or SM2 covers nothing."""
    row = slots(mapped)["www.example.edu"]

    assert (row["BestCertIdentifier"], row["NotCovered"]) == ("", ["www.example.edu"])
    assert "nothing in CAS covers www.example.edu" in mapped("resource", "list", "--product", "CDN").out


@pytest.mark.long
def test_a_certificate_that_cas_does_not_know_is_told_as_such(mapped: Command) -> None:
    row = slots(mapped)["h.example.com"]
    ran = mapped("resource", "list", "--product", "CDN")

    assert row["CertIdentifier"].startswith(("sha256:", "upload:"))
    assert row["KnownToCas"] is False
    assert slots(mapped)["www.example.com"]["KnownToCas"] is True
    assert "CAS does not know the certificate in place" in ran.out
    assert ran.out.startswith(
        "4 slots: 1 expired, 1 ending within 30 days, 1 that no deployable certificate covers,"
        " 1 with a certificate that is not in CAS\n"
    )


@pytest.mark.long
def test_a_certificate_is_shown_with_the_slots_that_serve_it_and_those_it_could_go_to(
    mapped: Command,
) -> None:
    found = mapped("certificate", "show", str(RENEWED), "--json").json
    could = {entry["Resource"]["ResourceId"]: entry for entry in found["CouldServe"]}
    shown = mapped("certificate", "show", f"{RENEWED}-cn-hangzhou").out

    assert [row["ResourceId"] for row in found["Serving"]] == ["new.example.com"]
    assert could["www.example.com"]["Action"] == "deploy"
    assert (could["plain.example.com"]["Action"], "HTTPS is off" in could["plain.example.com"]["Reason"]) == (
        "leave",
        True,
    )
    assert "www.example.edu" not in could
    assert "CDN/-/new.example.com" in shown


def test_a_certificate_is_shown_with_the_renewals_before_and_after_it(mapped: Command) -> None:
    shown = " ".join(mapped("certificate", "show", str(RENEWED)).out.split())
    first = " ".join(mapped("certificate", "show", str(SHOP)).out.split())
    line = mapped("certificate", "show", str(RENEWED), "--json").json["Renewals"]

    assert "Renewals before it Certificate Name Valid from Expires Served by" in shown
    assert "1 slot" in shown.partition("Renewals before it")[2]
    assert "Renewals after it" not in shown
    assert (
        "CAS has no earlier certificate for the same names with its kind of key. Renewals after it" in first
    )
    assert [(one["CertIdentifier"], one["Serving"]) for one in line["Before"]] == [(f"{SHOP}-cn-hangzhou", 1)]


@pytest.mark.parametrize(("cert_id", "why"), [(KEYLESS, "private key"), (NATIONAL, "SM2")])
def test_what_cannot_be_deployed_is_shown_with_the_reason_and_goes_nowhere(
    mapped: Command, cert_id: int, why: str
) -> None:
    found = mapped("certificate", "show", str(cert_id), "--json").json

    assert why in found["WhyNotDeployable"]
    assert {entry["Action"] for entry in found["CouldServe"]} == {"leave"}
    assert f"no: {found['WhyNotDeployable']}" in mapped("certificate", "show", str(cert_id)).out


def test_what_only_the_older_list_of_cas_tells_is_listed(mapped: Command) -> None:
    assert "own-ca" in {row["Name"] for row in mapped("certificate", "list", "--json").json["Certificates"]}


def test_a_certificate_that_no_scan_saw_does_not_exist(mapped: Command) -> None:
    ran = mapped("certificate", "show", "5")

    assert ran.code == 5
    assert "`certdeploy scan` reads CAS anew" in ran.err


def test_slots_of_a_product_that_can_no_longer_be_read_stay_with_when_they_were_seen(
    mapped: Command, cloud: Cloud
) -> None:
    before = len(slots(mapped))
    cloud.deny("cdn:DescribeUserDomains")
    assert mapped("discover", "--product", "CDN").code != 0

    rows = slots(mapped)
    ran = mapped("resource", "list", "--product", "CDN")

    assert len(rows) == before
    assert all(row["NotSeenSince"] for row in rows.values())
    assert " ".join(ran.out.split()).count("not seen since") > 0


def test_slots_out_of_scope_are_marked_in_both_tables(
    mapped: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "ALB,FC")

    listed = " ".join(mapped("resource", "list").out.split())
    shown = " ".join(mapped("certificate", "show", str(RENEWED)).out.split())

    outside = "outside the scope: CERTDEPLOY_PRODUCTS does not include CDN"
    assert f"in place {outside}" in listed, "new.example.com"
    assert f"CDN/-/new.example.com new.example.com {outside}" in shown
    assert f"leave {outside}" in shown


def test_at_80_columns_each_slot_is_named_and_says_what_does_not_go_there_by_itself(
    mapped: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    listed, shown = mapped("resource", "list").out, mapped("certificate", "show", str(RENEWED)).out

    assert "CDN/" in listed
    assert "CDN/" in shown
    assert all(len(line) <= 80 for line in (listed + shown).splitlines())
    monkeypatch.setenv("COLUMNS", "250")
    wide = " ".join(mapped("resource", "list").out.split())
    assert f"in place {RSA} does not go there by itself: the kind of key changes (ECC → RSA)" in wide
    assert "by itself, too" in mapped("certificate", "show", str(RENEWED)).out
