"""The command, run in this process against an emulated cloud of its own."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from cli.on_stack import Options, given
from cli.stacks import follow
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.estate import parse_estate
from emulator.server import Server, running
from stack.archive import write
from tests.functional.cli import deployed

SHOP, OTHER = 10741304, 10742313  # ids of the estate's certificates, in their order

ESTATE = {
    "regions": ["cn-hangzhou"],
    "certificates": {
        "shop": {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 12},
        "other": {"names": ["example.edu"], "key": "ecdsa-p256", "days": 90},
        "renewed": {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 199},
    },
    "cdn": [
        {"domain": "www.example.com", "certificate": "shop"},
        {"domain": "bücher.example.com", "certificate": "shop"},
        {"domain": "plain.example.com"},
    ],
    "oss": [{"bucket": "files", "region": "cn-hangzhou", "cnames": [{"domain": "f.example.net"}]}],
}


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Ran]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in an environment that says nothing."""
    given(Options())  # a test that asks for a session itself must not get the stack of one before
    for name in ("STATE", "ENDPOINT", "TLS", "ROOTS", "DEBUG"):
        monkeypatch.delenv(f"CERTDEPLOY_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def command(
    bare: Command, cloud: Cloud, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Command]:
    """The command on a small estate, with a state of its own."""
    cloud.load(parse_estate(ESTATE))
    with Edge(cloud) as edge:
        monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "state.db"))
        monkeypatch.setenv("CERTDEPLOY_ENDPOINT", server.endpoint)
        monkeypatch.setenv("CERTDEPLOY_TLS", edge.address)
        monkeypatch.setenv("CERTDEPLOY_ROOTS", Authority().root_pem)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", cloud.key.access_key_id)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", cloud.key.access_key_secret)
        yield bare


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    """As `certdeploy package` makes them, but smaller."""
    folder = tmp_path / "objects"
    folder.mkdir()
    for kind, name in deployed.OBJECTS.items():
        write(folder / name, deployed.CODE if kind == "code" else {"python/nothing.py": b""})
    (folder / "objects.json").write_text(json.dumps({"python3.10": deployed.OBJECTS}))
    return folder


@pytest.fixture
def deploy(command: Command, cloud: Cloud, objects: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`certdeploy deploy` of a small stack."""
    cloud.settle_s = 0.0
    monkeypatch.setattr(follow, "EVERY_S", 0.01)
    monkeypatch.setattr("cli.deploy.TEMPLATE", deployed.SMALL)

    def run(*options: str) -> Ran:
        return command("deploy", "--name", deployed.NAME, "--objects", str(objects), *options)

    return run


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state after a scan and a discovery of the small estate, which takes a second or two."""
    state = tmp_path_factory.mktemp("known") / "state.db"
    cloud = Cloud()
    cloud.load(parse_estate(ESTATE))
    with running(cloud) as server, pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("CERTDEPLOY_STATE", str(state))
        monkeypatch.setenv("CERTDEPLOY_ENDPOINT", server.endpoint)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", cloud.key.access_key_id)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", cloud.key.access_key_secret)
        assert [main(("scan",)), main(("discover",))] == [0, 0]
    return state


@pytest.fixture
def informed(command: Command, known: Path, tmp_path: Path) -> Command:
    """The command after a scan and a discovery."""
    with (
        closing(sqlite3.connect(known)) as source,
        closing(sqlite3.connect(tmp_path / "state.db")) as state,
    ):
        source.backup(state)
    return command
