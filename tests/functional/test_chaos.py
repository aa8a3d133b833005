"""A little of `make chaos`: functions killed where they send or store, and functions in a storm."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PRODUCTS = "CDN,SLB"


@pytest.mark.parametrize(("mode", "state", "runs"), [("kill", "sqlite", 2), ("storm", "sqlite", 1)])
def test_whatever_happens_to_functions_every_slot_comes_to_a_true_end(
    mode: str, state: str, runs: int
) -> None:
    how = ["--mode", mode, "--state", state, "--runs", str(runs), "--products", _PRODUCTS]

    command = [sys.executable, "-m", "tests.chaos", *how]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{runs} run" in told.stdout
    assert "everything held" in told.stdout
