"""The roots that clients have: the public ones, and what a setting adds or puts in their place."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import pytest

from emulator.authority import NAMES, Authority
from shared.cloud.roots import _BLOCK, Roots, portable

PEM = Authority().root_pem
OWN, PUBLIC = NAMES["public"][0].lower(), "isrg root x1"
BOTH = PEM + Authority("private").root_pem


def test_the_public_roots_are_known_by_their_names() -> None:
    names = Roots().names

    assert {PUBLIC, "digicert global root g2"} <= names
    assert "ac raiz fnmt-rcm" in names, "which has no common name"
    assert OWN not in names


def test_a_setting_adds_roots_to_the_public_ones() -> None:
    assert {PUBLIC, OWN} <= Roots.of(PEM).names


def test_roots_that_are_added_are_told_from_those_that_everybody_has() -> None:
    public = next(one for one in _BLOCK.finditer(Path(certifi.where()).read_text())).group(0)

    assert Roots.of(PEM + public).added_names == {OWN}
    assert Roots.of("only:" + PEM).added_names == Roots().added_names == frozenset()


def test_a_setting_puts_roots_in_the_place_of_the_public_ones() -> None:
    assert Roots.of("only:" + BOTH).names == {OWN, NAMES["private"][0].lower()}


@pytest.mark.parametrize(
    "written", [PEM.replace("\n", ""), PEM.replace("\n", "\\n"), PEM.replace("\n", "\r\n"), f" text\n{PEM}"]
)
def test_pem_may_be_written_as_variables_are(written: str) -> None:
    assert Roots.of("only:" + written) == Roots.of("only:" + PEM)


def test_a_file_of_roots_is_read(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    path.write_text(BOTH)

    assert Roots.of(f"only:{path}") == Roots.of("only:" + BOTH)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("only:", "only: is to be followed by roots"),
        ("/no/such/file.pem", "the file /no/such/file.pem cannot be read: No such file or directory"),
        (__file__, f"the file {__file__} holds no certificate in PEM"),
        ("-----BEGIN X-----", "it holds no certificate in PEM"),
        (PEM.replace("MII", "MIJ", 1), "it holds a certificate that cannot be read"),
        (PEM + PEM.replace("MII", "!!!", 1), "it holds a certificate that cannot be read"),
    ],
)
def test_what_holds_no_roots_is_refused_in_a_sentence(setting: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Roots.of(setting)
    assert str(refused.value) == why


@pytest.mark.parametrize("only", ["", "only:"])
def test_a_setting_is_the_same_for_a_process_that_runs_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only: str
) -> None:
    (tmp_path / "roots.pem").write_text(BOTH)
    monkeypatch.chdir(tmp_path)

    path, pem = portable(only + "roots.pem"), portable(only + BOTH)

    assert path == f"{only}{tmp_path}/roots.pem"
    assert "\n" not in pem
    monkeypatch.chdir("/")
    assert Roots.of(path) == Roots.of(pem) == Roots.of(only + BOTH)


def test_a_context_trusts_just_these() -> None:
    context = Roots.of("only:" + PEM).load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    assert [root["subject"] for root in context.get_ca_certs()] == [((("commonName", NAMES["public"][0]),),)]
