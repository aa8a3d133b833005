"""A little of `make chaos`: functions killed where they send or store, and functions in a storm."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PRODUCTS = "CDN,SLB"


@pytest.mark.parametrize(("mode", "state"), [("kill", "sqlite"), ("storm", "ots")])
def test_whatever_happens_to_functions_every_slot_comes_to_a_true_end(mode: str, state: str) -> None:
    command = ["-m", "tests.chaos", "--mode", mode, "--state", state, "--runs", "2", "--products", _PRODUCTS]

    told = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=120)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "2 runs" in told.stdout
    assert "everything held" in told.stdout
