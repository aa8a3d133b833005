"""The emulator from a shell, where the command `certdeploy` is not installed: `python -m emulator --help`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from emulator.answers import MODES
from emulator.estate import EstateError
from emulator.faults import LONGEST_MS, LONGEST_SETTLE_S
from emulator.listening import Listening, ListeningError
from emulator.main import print_exports, print_hosts, print_ready, serve
from emulator.run import CommandError, run

USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: of `run` that of its command; 2 for what is wrong with options, files or ports."""
    arguments = parser().parse_args(argv)
    try:
        if arguments.what == "run":
            command = [word for word in arguments.command if word != "--"]
            return run(command, arguments.estate, settle_s=arguments.settle_s, loose=arguments.loose)
        return _serve(arguments)
    except (EstateError, ListeningError, CommandError) as error:
        print(error, file=sys.stderr)
        return USAGE


def parser() -> argparse.ArgumentParser:
    """The options of `certdeploy emulator`, by the same names."""
    top = argparse.ArgumentParser(description="Alibaba Cloud on your machine: free, offline, no account.")
    commands = top.add_subparsers(dest="what", required=True)
    serves = commands.add_parser("serve", help="serve until stopped; when ready, print a line of JSON")
    for name in ("port", "tls-port"):
        serves.add_argument(f"--{name}", type=_port, default=0, help="default: 0, a free one")
    serves.add_argument("--seed", type=int, default=0, help="of random answers, default: 0")
    serves.add_argument("--https-port", type=_port, help="one more port for the cloud's hosts over TLS")
    serves.add_argument("--host", default=Listening().host, help="IP address to listen at")
    for name in ("ca-out", "ready-file", "access-log"):
        serves.add_argument(f"--{name}", type=Path, metavar="FILE")
    for name in ("access-key-id", "access-key-secret"):
        variable = f"EMULATOR_{name.replace('-', '_').upper()}"
        serves.add_argument(f"--{name}", default=os.environ.get(variable, ""), help=f"also {variable}")
    serves.add_argument("--latency-ms", type=_latency_ms, default=0, help="delay of every answer")
    serves.add_argument("--limits", choices=["documented", "none"], default="documented")
    serves.add_argument("--answers", choices=MODES, default="full", help="how many fields answers have")
    for name in ("strict", "export", "print-hosts", "run-functions"):
        serves.add_argument(f"--{name}", action="store_true")
    runs = commands.add_parser("run", help="run a command with a cloud of its own")
    for command, settle_s in ((serves, 1.0), (runs, 0.0)):
        command.add_argument(
            "--estate", type=Path, metavar="FILE", help="describes the account; else a sample"
        )
        command.add_argument(
            "--settle-s", type=_settle_s, default=settle_s, help="until a change takes effect"
        )
        command.add_argument("--loose", action="store_true", help="overlook parameters that are not emulated")
    runs.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    return top


def _port(text: str) -> int:
    return int(_within(int(text), 65535))


def _latency_ms(text: str) -> float:
    return _within(float(text), LONGEST_MS)


def _settle_s(text: str) -> float:
    return _within(float(text), LONGEST_SETTLE_S)


def _within(value: float, most: float) -> float:
    if not 0 <= value <= most:  # nor what is no number
        raise argparse.ArgumentTypeError(f"takes 0 to {most}")
    return value


def _serve(given: argparse.Namespace) -> int:
    if given.print_hosts:
        return print_hosts(given.estate, given.host)
    files = (given.ca_out, given.ready_file, given.access_log)
    key = (given.access_key_id, given.access_key_secret)
    return serve(
        *(given.port, given.tls_port, given.estate, given.latency_ms),
        limits=given.limits,
        settle_s=given.settle_s,
        on_ready=print_exports if given.export else print_ready,
        strict=given.strict,
        loose=given.loose,
        answers=given.answers,
        seed=given.seed,
        run_functions=given.run_functions,
        listening=Listening(given.host, given.https_port, *files, *key),
    )


if __name__ == "__main__":
    sys.exit(main())
