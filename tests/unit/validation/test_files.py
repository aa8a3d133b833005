"""Files that a person names."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.errors import InvalidRequestError
from shared.validation.files import (
    MAX_EVENT_BYTES,
    read_certificate_file,
    read_event_file,
    read_key_file,
)
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
        (b"{", "no JSON: "),
        ([1], "a JSON object is needed, not list"),
        (b"\xff\xfe", "not a text file (UTF-8)"),
        (b" " * (MAX_EVENT_BYTES + 1), "longer than 128 KiB"),
        ({**ISSUED, "time": "noon", "id": ""}, "id: String should have at least 1 character; time"),
        ({**ISSUED, "data": {}}, "CertIdentifier: is missing"),
    ],
    ids=["no json", "no object", "no text", "long", "envelope", "data"],
)
def test_a_bad_event_is_refused_under_its_file_name(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as error:
        read_event_file(a_file(tmp_path, content))
    assert str(error.value).startswith(f"{tmp_path}/event.json: {message}")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for read in (read_event_file, read_certificate_file, read_key_file):
        with pytest.raises(InvalidRequestError, match=r"none\.pem: No such file or directory$"):
            read(tmp_path / "none.pem")
    with pytest.raises(InvalidRequestError, match=r"Is a directory$"):
        read_certificate_file(tmp_path)


def test_a_key_file_is_read_as_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("the key itself")
    assert read_key_file(tmp_path / "key.pem") == SecretPem("the key itself")
