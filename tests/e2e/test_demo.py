"""The demo as a person runs it, on a small estate; then everything it left behind is searched for the key."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cli.demo import command
from cli.main import main
from emulator.bundles import Bundle
from shared.domain.certificates import Certificate
from tests.shortened import WHOLE

ESTATE = Path(__file__).with_name("small.yaml")
FILES = {"file": ("state.db", "state.db.host.db"), "ots": ("certdeploy.jsonl", "certdeploy.host.db")}


def traces(key_pem: str) -> Iterator[bytes]:
    """Every form in which a part of the key could be found again."""
    body = "".join(key_pem.strip().splitlines()[1:-1])
    der = base64.b64decode(body)
    secret = load_pem_private_key(key_pem.encode(), None).private_numbers().private_value.to_bytes(32, "big")  # type: ignore[union-attr]
    yield b"PRIVATE KEY"
    yield der
    yield secret
    yield secret.hex().encode()
    for start in range(0, len(body) - 32, 16):
        yield body[start : start + 32].encode()


@pytest.mark.parametrize("state", ["file", "ots"] if WHOLE else ["file"])
def test_a_renewed_certificate_arrives_everywhere_and_its_key_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    issued: list[Bundle] = []
    original = command._issue

    def issue(ending: Certificate) -> Bundle:
        issued.append(original(ending))
        return issued[0]

    monkeypatch.setattr(command, "_issue", issue)

    # An instance that is kept in a file, to be searched like the others.
    instance = {"instance": "certdeploy", "region": "cn-hangzhou", "file": str(tmp_path / "certdeploy.jsonl")}
    estate = {**yaml.safe_load(ESTATE.read_text()), "tablestore": [instance]}
    (tmp_path / "estate.json").write_text(json.dumps(estate))
    options = [f"--estate={tmp_path / 'estate.json'}", f"--state={state}"]
    code = main(["demo", f"--folder={tmp_path}", "--settle-s=0.2", *options])

    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    assert "✓ 3 of 3 matched slots serve the new certificate" in said.out
    assert "✓ everything else serves what it served before" in said.out
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {*FILES[state], "functions.log", "serve.log", "calls.json"} <= kept.keys()
    rows = [content for name, content in kept.items() if name.startswith(FILES[state][0])]  # and its log
    assert any(b"WorkerId" in content for content in rows)
    assert b"UploadUserCertificate" in kept["calls.json"]  # the one call that carried the key
    kept["what it printed"] = (said.out + said.err).encode()
    assert issued[0].key_pem is not None
    for trace in traces(issued[0].key_pem):
        assert not [name for name, content in kept.items() if trace in content]
