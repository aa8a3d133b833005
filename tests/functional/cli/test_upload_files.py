"""Files as people have them: what can be uploaded is; the rest is refused in one sentence with the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from tests.functional.cli.conftest import Command, Ran
from tests.keys import a_signed_certificate, ec_key, traditional

_END = "-----END CERTIFICATE-----\n"
GOOD = Authority().issue(["new.example.com"], key="ecdsa-p256")
LEAF, ISSUER = (text + _END for text in GOOD.certificate_pem.split(_END)[:2])
KEY = GOOD.key_pem or ""
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
STRANGER = a_signed_certificate("Corp CA", key=ec_key(which="corp"), ca=True).pem


@dataclass(frozen=True)
class Uploading:
    command: Command
    cloud: Cloud
    folder: Path

    def __call__(self, content: str | bytes, key: str = KEY) -> Ran:
        """`key`: "" where it is in the same file."""
        (chain := self.folder / "chain.pem").write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
        arguments = ["--name", "mine", "--certificate", str(chain)]
        if key:
            (file := self.folder / "key.pem").write_text(key)
            arguments += ["--key", str(file)]
        return self.command("certificate", "upload", *arguments)

    def held(self) -> str:
        """What CAS has under the name."""
        (row,) = (row for row in self.cloud.service("cas")._certificates.values() if row.name == "mine")
        return str(row.bundle.certificate_pem)


@pytest.fixture
def upload(command: Command, cloud: Cloud, tmp_path: Path) -> Uploading:
    return Uploading(command, cloud, tmp_path)


@pytest.mark.parametrize(
    ("content", "key", "note"),
    [
        (LEAF + LEAF + ISSUER, KEY, "'new.example.com' is there more than once; one copy was kept"),
        ((LEAF + ISSUER).encode("utf-16"), KEY, ""),
        ("\ufeff" + LEAF + "\ufeff" + ISSUER, KEY, ""),
        (PARAMETERS + traditional(KEY) + LEAF + ISSUER, "", ""),
        (KEY + LEAF + ISSUER, KEY, ""),
        (LEAF + ISSUER, KEY + LEAF + ISSUER, ""),
    ],
    ids=[
        *("the leaf twice", "UTF-16", "a mark within", "EC PARAMETERS"),
        *("the key beside the chain", "the chain beside the key"),
    ],
)
def test_a_file_with_all_that_is_needed_is_uploaded(
    upload: Uploading, content: str | bytes, key: str, note: str
) -> None:
    ran = upload(content, key)

    assert (ran.code, "uploaded" in ran.out) == (0, True), ran.err
    assert upload.held() == GOOD.certificate_pem
    assert not note or f"note: {note}\n" in ran.err


def test_files_that_were_swapped_are_told(upload: Uploading) -> None:
    ran = upload(KEY, LEAF + ISSUER)

    assert ran.code == 2
    assert "it contains a private key; provide the key separately" in ran.err
    assert "private key: it contains a certificate; provide the certificate separately" in ran.err


def test_one_certificate_too_many_is_named_and_nothing_is_uploaded(upload: Uploading) -> None:
    ran = upload(LEAF + ISSUER + STRANGER)

    assert ran.code == 2
    assert ran.err == (
        "certdeploy: certificate: 'Corp CA' issued none of the others; remove it, or add what is missing"
        " below it, such as 'certdeploy Local Root CA'\n"
    )
