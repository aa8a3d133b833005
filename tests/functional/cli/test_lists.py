"""`resource list` and `certificate list` of an estate in which one has to look for something."""

from __future__ import annotations

import csv
import io

import pytest

from tests.functional.cli.conftest import OTHER, SHOP, Command

RENEWED = 10743322


def slots(command: Command, *options: str) -> list[str]:
    listed = command("resource", "list", *options, "--json").json["Resources"]
    return [row["ResourceId"] for row in listed]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--domain", "b*.example.com"), ["bücher.example.com"]),
        (("--ends-within", "2w"), ["bücher.example.com", "www.example.com"]),
        (("--ends-within", "240h", "--all"), []),
        (("--product", "OSS", "--all"), ["files/f.example.net"]),
        (("--region", "cn-hangzhou", "--all"), ["files/f.example.net"]),
        (("--instance", "fil*", "--all"), ["files/f.example.net"]),
        (("--uncovered", "--all"), ["files/f.example.net"]),
        (("--unknown",), []),
        (("--sort", "names", "--reverse"), ["bücher.example.com", "www.example.com"]),
        (("--certificate", str(RENEWED)), []),
    ],
    ids=" ".join,
)
def test_slots_are_listed_by_what_is_asked_for(
    informed: Command, options: tuple[str, ...], found: list[str]
) -> None:
    assert slots(informed, *options) == found


def test_a_summary_comes_first(informed: Command) -> None:
    listed = informed("resource", "list", "--product", "CDN")

    assert listed.out.splitlines()[0] == "2 slots: 2 ending within 30 days"
    assert "1 more without a certificate; --all lists them" in listed.err


def test_columns_are_shown_by_choice(informed: Command) -> None:
    listed = informed("resource", "list", "--product", "CDN", "--columns", "certificate, slot").out

    assert listed.splitlines()[2].split() == ["Certificate", "Slot"]
    shown = "CDN/-/bücher.example.com (xn--bcher-kva.example.com)"
    assert listed.splitlines()[3].split(maxsplit=1) == [str(SHOP), shown]


def test_csv_has_whole_ids_and_times(informed: Command) -> None:
    listed = informed("resource", "list", "--all", "--csv", "--columns", "slot,certificate,expires")

    rows = list(csv.DictReader(io.StringIO(listed.out)))
    assert [row["slot"] for row in rows] == [
        "CDN/-/bücher.example.com",
        "CDN/-/plain.example.com",
        "CDN/-/www.example.com",
        "OSS/-/files/f.example.net",
    ]
    assert rows[1] == {"slot": "CDN/-/plain.example.com", "certificate": "", "expires": ""}
    assert rows[2]["certificate"] == f"{SHOP}-cn-hangzhou"
    assert "T" in rows[2]["expires"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--columns", "slto"), "--columns 'slto': no such column; did you mean slot?"),
        (("--columns", ","), "--columns '': no such column; there are "),
        (("--ends-within", "soon"), "--ends-within 'soon': not a span such as 30d, 2w or 12h"),
        (("--ends-within", "-1d"), "--ends-within '-1d': not a span"),
        (("--json", "--csv"), "--json and --csv: choose one of them"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("kind", ["resource", "certificate"])
def test_a_wrong_option_is_one_sentence(
    informed: Command, kind: str, options: tuple[str, ...], told: str
) -> None:
    if kind == "certificate":
        options, told = (tuple(one.replace("slto", "nmae") for one in options), told.replace("slto", "nmae"))
        told = told.replace("slot?", "name?")

    ran = informed(kind, "list", *options)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"certdeploy: {told}")
    assert ran.err.count("\n") == 1


def test_a_certificate_that_nobody_knows_is_not_found(informed: Command) -> None:
    ran = informed("resource", "list", "--certificate", "999")

    assert (ran.code, ran.out) == (5, "")
    assert ran.err == "certdeploy: Certificate 999 does not exist: `certdeploy scan` reads CAS anew\n"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--domain", "*.edu"), ["other"]),
        (("--name", "R*"), ["renewed"]),
        (("--store", "ap-southeast-1"), []),
        (("--ends-within", "30d"), ["shop"]),
        (("--unused",), ["other", "renewed"]),
        (("--not-deployable",), []),
        (("--deployable", "--sort", "name"), ["other", "renewed", "shop"]),
    ],
    ids=" ".join,
)
def test_certificates_are_listed_by_what_is_asked_for(
    informed: Command, options: tuple[str, ...], found: list[str]
) -> None:
    listed = informed("certificate", "list", *options, "--json").json["Certificates"]

    assert [row["Name"] for row in listed] == found


def test_certificates_are_listed_with_a_summary_and_as_csv(informed: Command) -> None:
    shown = informed("certificate", "list", "--domain", "*example.com").out
    listed = informed("certificate", "list", "--csv", "--columns", "certificate,name,why-not")

    assert shown.splitlines()[0] == "2 certificates (1 others left out): 1 ending within 30 days"
    assert listed.out.splitlines()[:3] == [
        "certificate,name,why-not",
        f"{SHOP}-cn-hangzhou,shop,",
        f"{OTHER}-cn-hangzhou,other,",
    ]


def test_at_80_columns_ids_stay_whole(informed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    listed = informed("resource", "list", "--all").out.splitlines()

    assert "OSS/-/files/f.example.net" in " ".join(listed).split()
    assert all(len(line) <= 80 for line in listed)


def test_a_slot_is_named_by_what_it_is_known_as_too(informed: Command) -> None:
    shown = informed("resource", "show", "f.example.net (files)")

    assert shown.code == 0
    assert "OSS/-/files/f.example.net" in shown.out.split()


@pytest.mark.parametrize(
    "line",
    [
        *(("resource", "list", f"--{option}") for option in ("account", "region", "instance", "domain")),
        *(("certificate", "list", f"--{option}") for option in ("domain", "name", "store")),
        ("job", "list", "--name"),
        ("job", "show", "7", "--region"),
    ],
    ids=" ".join,
)
def test_an_empty_value_is_not_taken_for_one_that_nothing_fits(
    command: Command, line: tuple[str, ...]
) -> None:
    """As of a variable that is not set."""
    ran = command(*line, " ")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"certdeploy: {line[-1]}: is empty; leave the option out, or give it a value\n"
