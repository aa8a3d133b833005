"""The command that starts the console."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.console import tell_address
from cli.main import main


def test_the_address_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    tell_address("http://127.0.0.1:8642/?token=abc")

    assert "open http://127.0.0.1:8642/?token=abc " in capsys.readouterr().out


def test_a_port_that_is_taken_is_told_in_one_sentence(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert main(("console", "--no-open", "--port", str(port))) == 2
    assert f"certdeploy: --port {port}: Address already in use" in capsys.readouterr().err
