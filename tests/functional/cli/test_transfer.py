"""Certificates uploaded and exported by hand: checked first, never twice, and no key where it may be seen."""

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator.authority import Authority
from emulator.bundles import Bundle
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.faults import Fault
from tests.functional.cli.conftest import SHOP, Command, Ran


@dataclass(frozen=True)
class Files:
    bundle: Bundle
    certificate: Path
    key: Path

    def arguments(self, name: str = "new") -> tuple[str, ...]:
        given = ("--name", name, "--certificate", str(self.certificate), "--key", str(self.key))
        return ("certificate", "upload", *given)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    bundle = Authority().issue(["new.example.com"], key="ecdsa-p256")
    made = Files(bundle, tmp_path / "chain.pem", tmp_path / "key.pem")
    made.certificate.write_text(bundle.certificate_pem)
    made.key.write_text(bundle.key_pem or "")
    return made


def uploads(cloud: Cloud) -> int:
    return sum(call.action == "UploadUserCertificate" for call in cloud.calls)


def shows_no_key(ran: Ran, bundle: Bundle) -> bool:
    lines = (bundle.key_pem or "").splitlines()[1:-1]
    return bool(lines) and not any(line in ran.out + ran.err for line in lines)


def test_a_certificate_is_uploaded_and_found_by_the_next_scan(command: Command, files: Files) -> None:
    ran = command(*files.arguments(), "--json")
    command("scan")
    shown = command("certificate", "show", ran.json["CertIdentifier"], "--json")

    assert (ran.code, ran.json["AlreadyThere"], ran.json["Names"]) == (0, False, ["new.example.com"])
    assert shown.json["Certificate"]["Name"] == "new"
    assert shows_no_key(ran, files.bundle)


def test_the_same_certificate_is_not_uploaded_twice(command: Command, cloud: Cloud, files: Files) -> None:
    first = command(*files.arguments(), "--json").json
    again = command(*files.arguments("another-name"))

    assert again.code == 0
    assert f"{first['CertIdentifier']} (new.example.com) is already in CAS as new" in again.out
    assert uploads(cloud) == 1


def test_an_upload_whose_answer_was_lost_is_found_again(command: Command, cloud: Cloud, files: Files) -> None:
    cloud.faults.add(Fault("UploadUserCertificate", when="after"))

    ran = command(*files.arguments())

    assert (ran.code, uploads(cloud)) == (0, 1)
    assert "uploaded" in ran.out


def test_all_that_is_wrong_is_told_before_anything_is_sent(
    command: Command, cloud: Cloud, files: Files
) -> None:
    other = Authority().issue(["other.example.com"], key="ecdsa-p256")
    files.key.write_text(other.key_pem or "")

    ran = command(*files.arguments("x" * 64), "--store", "mars")

    assert ran.code == 2
    for told in ("private key", "use at most 63", "store: mars is not a configured store"):
        assert told in ran.err
    assert ran.err.count("\n") == 1
    assert list(cloud.calls) == []
    assert shows_no_key(ran, other)


def test_each_file_that_cannot_be_read_is_told(command: Command, files: Files) -> None:
    files.certificate.unlink()
    files.key.unlink()

    ran = command(*files.arguments())

    assert ran.code == 2
    assert "chain.pem: No such file" in ran.err
    assert "key.pem: No such file" in ran.err


def test_a_name_that_another_certificate_has_is_refused(command: Command, cloud: Cloud, files: Files) -> None:
    ran = command(*files.arguments("shop"))

    assert (ran.code, uploads(cloud)) == (2, 0)
    assert f"shop is the name of another certificate ({SHOP}-cn-hangzhou)" in ran.err


def test_an_export_is_for_its_owner_alone_and_can_be_uploaded_to_another_account(
    command: Command, cloud: Cloud, tmp_path: Path
) -> None:
    to = tmp_path / "shop.pem"

    exported = command("certificate", "export", str(SHOP), "--to", str(to))
    cloud.load(parse_estate({}))
    moved = command("certificate", "upload", "--name", "moved", "--certificate", str(to), "--json")

    assert exported.code == 0
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert "PRIVATE KEY unencrypted" in exported.err
    assert "BEGIN" not in exported.out + exported.err
    assert moved.json["Names"] == ["example.com", "*.example.com"]


def test_an_export_overwrites_nothing_and_asks_for_no_key_first(
    command: Command, cloud: Cloud, tmp_path: Path
) -> None:
    (to := tmp_path / "there.pem").write_text("kept")

    ran = command("certificate", "export", str(SHOP), "--to", str(to))

    assert ran.code == 2
    assert "not overwritten" in ran.err
    assert to.read_text() == "kept"
    assert list(cloud.calls) == []


@pytest.mark.parametrize(
    ("row", "code", "told"),
    [
        ({"private_key": False}, 3, "CAS holds no private key of"),
        ({"key": "sm2"}, 3, "is an SM2 certificate"),
        ({"store": "ap-southeast-1"}, 5, "does not exist"),
    ],
)
def test_what_cannot_be_exported_leaves_no_file(
    command: Command, cloud: Cloud, tmp_path: Path, row: dict[str, object], code: int, told: str
) -> None:
    cloud.load(parse_estate({"certificates": {"a": {"names": ["a.example.com"], **row}}}))

    ran = command("certificate", "export", str(SHOP), "--to", str(tmp_path / "new.pem"))

    assert ran.code == code
    assert told in ran.err
    assert not (tmp_path / "new.pem").exists()


def test_a_file_with_a_certificate_alone_is_not_enough(command: Command, files: Files) -> None:
    ran = command("certificate", "upload", "--name", "x", "--certificate", str(files.certificate))

    assert ran.code == 2
    assert "name the key file with --key" in ran.err
