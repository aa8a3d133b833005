"""The console on a small installation against an emulated cloud of its own, and a browser that asks it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from cli.console import Installed
from cli.main import main
from cli.session import session
from console.kept import Kept
from console.serving import Serving
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.estate import parse_estate
from emulator.server import Server, running
from tests.functional.console.browser import Browser

MARKUP = "<script>alert(1)</script>\"'><img src=x>"
ESTATE = {
    "regions": ["cn-hangzhou"],
    "certificates": {
        "shop": {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 12},
        MARKUP: {"names": ["example.edu"], "key": "ecdsa-p256", "days": 90},
        "renewed": {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 199},
    },
    "cdn": [
        {"domain": "www.example.com", "certificate": "shop"},
        {"domain": "bücher.example.com", "certificate": "shop"},
        {"domain": "www.example.edu", "certificate": MARKUP},
        {"domain": "plain.example.com"},
    ],
}
SHOP, MARKED, RENEWED = "10741304-cn-hangzhou", "10742313-cn-hangzhou", "10743322-cn-hangzhou"
Opened = Callable[..., AbstractContextManager[Browser]]


def _point_to(monkeypatch: pytest.MonkeyPatch, cloud: Cloud, server: Server, state: Path) -> None:
    for name in ("TLS", "ROOTS", "DEBUG"):
        monkeypatch.delenv(f"CERTDEPLOY_{name}", raising=False)
    monkeypatch.setenv("CERTDEPLOY_STATE", str(state))
    monkeypatch.setenv("CERTDEPLOY_ENDPOINT", server.endpoint)
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", cloud.key.access_key_id)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", cloud.key.access_key_secret)


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state after a scan and a discovery."""
    state = tmp_path_factory.mktemp("console") / "state.db"
    cloud = Cloud()
    cloud.load(parse_estate(ESTATE))
    with running(cloud) as server, pytest.MonkeyPatch.context() as monkeypatch:
        _point_to(monkeypatch, cloud, server, state)
        assert [main(("scan",)), main(("discover",))] == [0, 0]
    return state


@pytest.fixture
def installed(
    cloud: Cloud, server: Server, scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An installation that commands in this process find; its state."""
    cloud.load(parse_estate(ESTATE))
    state = tmp_path / "state.db"
    with closing(sqlite3.connect(scanned)) as source, closing(sqlite3.connect(state)) as copy:
        source.backup(copy)
    with Edge(cloud) as edge:
        _point_to(monkeypatch, cloud, server, state)
        monkeypatch.setenv("CERTDEPLOY_TLS", edge.address)
        monkeypatch.setenv("CERTDEPLOY_ROOTS", Authority().root_pem)
        yield state


@pytest.fixture
def opened(installed: Path) -> Opened:
    """A console, and a browser that nobody has let in yet."""

    @contextmanager
    def open_one(*, read_only: bool = False) -> Iterator[Browser]:
        told: list[str] = []
        kept = Kept(patience_s=30)  # a busy machine is waited for
        serving = Serving(Installed(session()), told.append, port=0, read_only=read_only, kept=kept)
        with serving.running():
            yield Browser(serving.port, told)

    return open_one


@pytest.fixture
def browser(opened: Opened) -> Iterator[Browser]:
    """It has been let in."""
    with opened() as browser:
        yield browser.let_in()
