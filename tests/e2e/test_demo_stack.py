"""The demo on a stack as a person runs it: its functions run from the uploaded objects, with their roles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.demo import on_stack
from cli.demo.stage import StageError
from cli.main import main

ESTATE = Path(__file__).with_name("small.yaml")


@pytest.mark.long
def test_a_renewed_certificate_arrives_everywhere_from_a_stack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        on_stack._target()
    except StageError as lacking:
        pytest.skip(str(lacking))

    code = main(
        ["demo", "--stack", f"--folder={tmp_path}", "--settle-s=0.2", "--within-s=600", f"--estate={ESTATE}"]
    )

    said = capsys.readouterr()
    if "pip download failed" in said.err:
        pytest.skip("pip fetches nothing here")
    assert code == 0, said.out + said.err
    assert "✓ 3 of 3 matched slots serve the new certificate" in said.out
    assert "each function had the rights of its role, and was refused nothing" in said.out
    told = json.loads((tmp_path / "grants.json").read_text())
    assert told["denied"] == []
    idle = {row["role"] for row in told["unused"]}
    assert "demo-deploy-ddos" in idle, "the report has what a run did not need"
    assert ("demo-scan-expiry", "yundun-cert:ListCertificates") not in {
        (row["role"], row["action"]) for row in told["unused"]
    }
