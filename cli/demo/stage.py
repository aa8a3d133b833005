"""The demo's stage: the emulated cloud and `certdeploy serve`, each in its own process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from cli.in_process import ROOT
from cli.session import Session
from emulator.client import Client
from shared.cloud import credentials
from shared.runtime.settings import read_settings
from shared.state.tables import TABLES

_STOP_S = 15
_IN_TABLESTORE = "ots://certdeploy"  #: the instance that an emulated account has
CONFIGURED = ("CERTDEPLOY_", "ALIBABA_CLOUD_", "AWS_")


class State(Enum):
    """Where the demo keeps its state."""

    FILE = "file"
    TABLESTORE = "ots"


class StageError(Exception):
    """A process of the demo did not start, or died; the text holds its last output."""


@dataclass(frozen=True)
class Stage:
    folder: Path  #: state, logs, calls
    environment: Mapping[str, str]  #: variables for a command on this stage
    session: Session
    emulator: "subprocess.Popen[bytes]"
    functions: "subprocess.Popen[bytes] | None"  #: None: the emulated cloud runs them, as a stack

    @property
    def running(self) -> bool:
        """Whether the functions are running. Raises StageError if a process has died."""
        for process, log in ((self.emulator, "emulator.log"), (self.functions, "serve.log")):
            if process is not None and process.poll() is not None:
                raise StageError(f"{log}: {last_words(self.folder / log)}")
        return self.session.served

    def edge(self) -> dict[tuple[str, str], str]:
        """What TLS clients are served: the leaf's SHA-256 by address and server name, "" for none."""
        return {(row["host"], row["server_name"]): row["fingerprint_sha256"] for row in self.ask("edge")}

    def ask(self, what: str) -> Any:
        return ask_emulator(self.session.settings.endpoint, what)


@contextmanager
def emulated(
    folder: Path, options: Sequence[str], state: State = State.FILE
) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, str]]]:
    """Run an emulated cloud during a `with`; yields the process and the variables that point to it."""
    log = folder / "emulator.log"
    # Its key is new and stays in this process: nobody else's functions run.
    with _process(["emulator", "serve", "--run-functions", *options], log, dict(os.environ)) as emulator:
        ready = _ready(emulator, log)
        yield (
            emulator,
            {
                "CERTDEPLOY_ENDPOINT": ready["endpoint"],
                "CERTDEPLOY_TLS": ready["tls"],
                "CERTDEPLOY_ROOTS": ready["root"],
                "CERTDEPLOY_STATE": str(folder / "state.db") if state is State.FILE else _IN_TABLESTORE,
                "CERTDEPLOY_LOCAL": str(folder),
                "CERTDEPLOY_STORES": "cn-hangzhou,ap-southeast-1",
                "ALIBABA_CLOUD_ACCESS_KEY_ID": ready["access_key_id"],
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ready["access_key_secret"],
                **_aws(ready["endpoint"]),
            },
        )


def ask_emulator(endpoint: str, what: str, method: str = "GET") -> Any:
    """What the emulated cloud reports, such as its "calls"; DELETE clears them."""
    return Client(endpoint).ask(method, what)


def _aws(endpoint: str) -> dict[str, str]:
    """The variables for the emulated AWS; empty if the estate has none."""
    aws = ask_emulator(endpoint, "aws")
    if not aws:
        return {}
    return {
        "CERTDEPLOY_AWS": "on",
        "CERTDEPLOY_AWS_ENDPOINT": aws["endpoint"],
        "CERTDEPLOY_AWS_REGIONS": ",".join(aws["regions"]),
        "AWS_ACCESS_KEY_ID": aws["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": aws["access_key_secret"],
    }


@contextmanager
def stage(
    folder: Path, emulator_options: Sequence[str], parameters: Mapping[str, str], state: State
) -> Iterator[Stage]:
    """Run the cloud and the functions during a `with`; the log of calls is kept in the folder."""
    # Settings for the real cloud must not apply here.
    others = {name: value for name, value in os.environ.items() if not name.startswith(CONFIGURED)}
    options = [f"--parameter={name}={value}" for name, value in parameters.items()]
    command = ["serve", f"--log={folder / 'functions.log'}", *options]
    with (
        emulated(folder, emulator_options, state) as (emulator, ours),
        _with_tables(ours),
        _process(command, folder / "serve.log", {**others, **ours}) as functions,
    ):
        opened = Stage(folder, ours, Session(read_settings(ours), ours), emulator, functions)
        try:
            yield opened
        finally:
            if emulator.poll() is None:
                (folder / "calls.json").write_text(json.dumps(opened.ask("calls"), indent=1))


@contextmanager
def _with_tables(environment: Mapping[str, str]) -> Iterator[None]:
    """Make the tables first, as the stack does."""
    address = read_settings(environment).tablestore
    if address is not None:
        from shared.state.tablestore import create_tables

        create_tables(address, credentials.from_environment(environment), TABLES)
    yield


@contextmanager
def _process(
    command: Sequence[str], log: Path, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "cli", *command],
            env=finding_us(environment),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if command[0] == "emulator" else file,
            stderr=file,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def finding_us(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables by which `python -m cli` is this command, wherever it is run."""
    paths = filter(None, (str(ROOT), environment.get("PYTHONPATH")))
    return {**environment, "PYTHONPATH": os.pathsep.join(paths)}


def _ready(emulator: "subprocess.Popen[bytes]", log: Path) -> dict[str, str]:
    assert emulator.stdout is not None
    line = emulator.stdout.readline()
    if not line:
        emulator.wait()
        raise StageError(last_words(log))
    ready: dict[str, str] = json.loads(line)
    return ready


def last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return "\n".join(lines[-20:]) or "no output"
