"""How widely certificates are trusted, as the command tells it, and what is served without being trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.serve import _environment
from cli.worker_columns import verified
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from shared.domain.jobs import Handshake, Verification
from shared.runtime.settings import read_settings
from tests.builders import NOW, a_worker
from tests.functional.cli.conftest import SHOP, Command

_QUICK = {"names": ["www.example.com"], "key": "ecdsa-p256"}
ESTATE = {
    "certificates": {
        "plain": {**_QUICK, "days": 100},
        "bought": {**_QUICK, "days": 110, "source": "BUY", "validation": "OV"},
        "own": {**_QUICK, "days": 120, "ca": "private"},
        "alone": {**_QUICK, "days": 130, "chain": "leaf-only"},
        "self": {**_QUICK, "days": 140, "self_signed": True},
        "trial": {**_QUICK, "days": 150, "source": "TEST"},
        "old": {**_QUICK, "days": -1},
        "checked": {**_QUICK, "days": 160, "validation": "EV"},
    }
}
CLASSES = {
    "plain": "public",
    "bought": "bought, public, OV",
    "own": "private (certdeploy Internal TLS CA)",
    "alone": "unknown, leaf only",
    "self": "self-signed",
    "trial": "test",
    "checked": "public, OV",
}
ID = {name: str(SHOP + 1009 * place) for place, name in enumerate(ESTATE["certificates"])}


@pytest.fixture
def scanned(command: Command, cloud: Cloud) -> Command:
    cloud.load(parse_estate(ESTATE))
    assert command("scan").code == 0
    return command


def test_the_list_tells_the_class_of_each_certificate(scanned: Command) -> None:
    shown = scanned("certificate", "list").out

    for name, words in CLASSES.items():
        (line,) = [line for line in shown.splitlines() if f" {name} " in line]
        assert f" ECC  {words}  " in line


def test_the_list_fits_a_narrow_terminal_with_what_is_not_deployable_below(
    scanned: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    shown = scanned("certificate", "list").out

    assert max(map(len, shown.splitlines())) <= 80
    below = shown.partition("Not deployable")[2]
    assert ID["old"] in below
    assert "renew it first" in below
    assert not [name for name in CLASSES if ID[name] in below]


def test_the_json_has_the_standing_of_each_certificate(scanned: Command) -> None:
    listed = {row["Name"]: row for row in scanned("certificate", "list", "--json").json["Certificates"]}

    assert listed["bought"]["Standing"] == {
        "Trust": "public",
        "Chain": "complete",
        "Validation": "OV",
        "ValidationBy": "CAS",
        "Issuer": "certdeploy Local TLS CA",
        "Root": "certdeploy Local Root CA",
        "PublicRoot": True,
        "AddedRoot": True,
    }
    assert listed["alone"]["Standing"]["Chain"] == "leaf only"
    assert [link["Subject"] for link in listed["own"]["Chain"]] == [
        "www.example.com",
        "certdeploy Internal TLS CA",
    ]


def fact(command: Command, name: str, what: str) -> str:
    lines = command("certificate", "show", ID[name]).out.splitlines()
    return next(line.removeprefix(what).strip() for line in lines if line.startswith(what))


@pytest.mark.parametrize(
    ("name", "trust", "chain"),
    [
        ("plain", "public", "complete, up to certdeploy Local Root CA"),
        (
            "own",
            "private (certdeploy Internal TLS CA)",
            "complete, up to certdeploy Internal Root CA",
        ),
        ("alone", "unknown, leaf only", "leaf only; upload the full chain as a new certificate"),
        ("self", "self-signed", "complete, up to www.example.com"),
    ],
)
def test_one_certificate_is_shown_with_its_chain(scanned: Command, name: str, trust: str, chain: str) -> None:
    assert (fact(scanned, name, "Trust"), fact(scanned, name, "Chain")) == (trust, chain)

    shown = scanned("certificate", "show", ID[name], "--json").json
    assert shown["Standing"]["Trust"] in trust


def test_the_level_of_a_public_certificate_is_shown_with_what_tells_it(scanned: Command) -> None:
    assert fact(scanned, "plain", "Level") == "not known"
    assert fact(scanned, "bought", "Level") == "OV, as CAS has sold it"
    assert fact(scanned, "checked", "Level") == "OV, by what is told of its owner"
    assert "Level" not in scanned("certificate", "show", ID["own"]).out


def test_a_scan_tells_of_levels_that_cas_does_not_tell(command: Command, cloud: Cloud) -> None:
    cloud.load(parse_estate(ESTATE))
    cloud.deny("yundun-cert:ListInstances")

    told = command("scan")

    assert told.code == 0
    (line,) = [line for line in told.err.splitlines() if "DV, OV or EV" in line]
    assert line.startswith("CAS cn-hangzhou does not tell of what it has sold whether it is DV, OV or EV: ")
    assert "yundun-cert:ListInstances" in line
    assert command("status").out.count("is not told by CAS") == 1


@pytest.mark.parametrize(
    ("trusted", "words"),
    [
        (True, "TLS handshake × 2, trusted"),
        (None, "TLS handshake × 2"),
        (False, "TLS handshake × 2, not trusted: why"),
    ],
)
def test_a_worker_is_told_with_whether_clients_trust_what_they_are_served(
    trusted: bool | None, words: str
) -> None:
    proof = Verification(
        read_back=True,
        handshake=Handshake.SERVED,
        trusted=trusted,
        server_names=("a", "b"),
        detail="why",
        at=NOW,
    )
    assert verified(a_worker(verification=proof)).plain == words


def test_functions_elsewhere_read_the_same_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run in another folder."""
    (tmp_path / "roots.pem").write_text(Authority().root_pem)
    monkeypatch.chdir(tmp_path)
    environ = {"CERTDEPLOY_ROOTS": "roots.pem", "CERTDEPLOY_ENDPOINT": "http://127.0.0.1:1"}

    assert _environment(read_settings(environ), environ)["CERTDEPLOY_ROOTS"] == str(tmp_path / "roots.pem")
