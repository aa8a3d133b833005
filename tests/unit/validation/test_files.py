"""Files that a person names."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.errors import InvalidRequestError
from shared.validation.files import read_certificate_file, read_event_file, read_key_file
from shared.validation.secret import SecretPem

ISSUED: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "certdeploy",
    "type": "certdeploy:Certificate:Issued",
    "time": "2026-05-01T12:00:00Z",
    "data": {"CertIdentifier": "7-cn-hangzhou"},
}


def a_file(folder: Path, content: Any) -> Path:
    path = folder / "event.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.mark.parametrize(
    "event",
    [ISSUED, {"CertIds": [7]}, {}, {**ISSUED, "type": "other:Thing:Done", "data": {"A": 1}}],
    ids=["our event", "request by hand", "empty", "event of others"],
)
def test_a_good_event_is_read(tmp_path: Path, event: dict[str, Any]) -> None:
    assert read_event_file(a_file(tmp_path, event)) == event


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON: "),
        ([1], "expected a JSON object, got list"),
        (b"\x80{}", "not a text file (UTF-8)"),
        ({**ISSUED, "time": "noon", "id": ""}, "id: String should have at least 1 character; time"),
        ({**ISSUED, "data": {}}, "CertIdentifier: missing"),
        ({**ISSUED, "type": "other:Thing:Done", "data": 1}, "data: Input should be a valid dictionary"),
    ],
    ids=["no json", "no object", "no text", "envelope", "data", "envelope of others"],
)
def test_a_bad_event_is_refused_under_its_file_name(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as error:
        read_event_file(a_file(tmp_path, content))
    assert str(error.value).startswith(f"{tmp_path}/event.json: {message}")
    assert error.value.__cause__ is None


def test_an_event_as_long_as_an_invocation_takes_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    text = json.dumps(ISSUED).encode()
    longest = text + b" " * (128 * 1024 - len(text))
    assert read_event_file(a_file(tmp_path, longest)) == ISSUED
    with pytest.raises(InvalidRequestError) as error:
        read_event_file(a_file(tmp_path, longest + b" "))
    assert str(error.value) == f"{tmp_path}/event.json: longer than 128 KiB; is it the right file?"


@pytest.mark.parametrize("read", [read_certificate_file, lambda path: read_key_file(path).reveal()])
def test_a_pem_file_of_256_kib_is_read_and_one_byte_more_is_not(
    tmp_path: Path, read: Callable[[Path], str]
) -> None:
    longest = "n" * 256 * 1024
    assert read(a_file(tmp_path, longest.encode())) == longest
    with pytest.raises(InvalidRequestError) as error:
        read(a_file(tmp_path, longest.encode() + b"n"))
    assert str(error.value) == f"{tmp_path}/event.json: longer than 256 KiB; is it the right file?"


def test_a_mark_at_the_start_of_a_text_file_is_dropped(tmp_path: Path) -> None:
    assert read_event_file(a_file(tmp_path, b"\xef\xbb\xbf{}")) == {}
    assert read_certificate_file(a_file(tmp_path, "\ufeffbücher".encode())) == "bücher"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_of_windows_is_read_with_or_without_its_mark(tmp_path: Path, encoding: str) -> None:
    text = "-----BEGIN CERTIFICATE-----\r\n"
    assert read_certificate_file(a_file(tmp_path, text.encode(encoding))) == text


def test_comments_beside_the_blocks_may_be_in_any_encoding(tmp_path: Path) -> None:
    block = "-----BEGIN CERTIFICATE-----\n"
    content = "friendlyName: 证书\n".encode("gbk") + block.encode()
    for read in (read_certificate_file, lambda path: read_key_file(path).reveal()):
        assert read(a_file(tmp_path, content)).endswith(block)
    with pytest.raises(InvalidRequestError, match="not a text file"):
        read_event_file(a_file(tmp_path, content))


def test_a_file_that_is_no_text_says_what_it_may_be(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError) as error:
        read_certificate_file(a_file(tmp_path, b"0\x82\xff"))
    assert str(error.value) == f"{tmp_path}/event.json: not a text file (UTF-8); is it DER or PKCS#12?"
    assert error.value.__cause__ is None


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for read in (read_event_file, read_certificate_file, read_key_file):
        with pytest.raises(InvalidRequestError, match=r"none\.pem: No such file or directory$"):
            read(tmp_path / "none.pem")
    with pytest.raises(InvalidRequestError, match=r"Is a directory$"):
        read_certificate_file(tmp_path)


def test_a_key_file_is_read_as_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("the key itself")
    assert read_key_file(tmp_path / "key.pem") == SecretPem("the key itself")
