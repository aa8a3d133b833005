"""An account with certdeploy on it, which begins again as it was discovered once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from emulator.bundles import Bundle
from emulator.edge import edge_table
from emulator.estate import Estate
from emulator.services.tablestore.tablestore import Service as Tablestore
from shared.cloud.credentials import Credentials
from shared.domain.contacts import Channel, ChannelKind, Contact
from shared.domain.resources import CloudProduct
from shared.runtime.app import App
from shared.runtime.settings import Settings
from shared.services.world import World
from shared.state.check import Check, Looked
from shared.state.tables import LEASES, TABLES
from shared.state.tablestore import create_tables
from shared.state.whole import WholeStore
from tests.chaos.boundaries import Boundaries
from tests.chaos.clock import SharedClock
from tests.chaos.deliveries import Platform
from tests.chaos.disturbed import DisturbedCloud
from tests.chaos.nursery import app_of
from tests.chaos.owner import settings_of
from tests.chaos.patient import PatientServer
from tests.chaos.places import Places
from tests.receiver import Receiver

Kind = Literal["sqlite", "ots"]
LOG = "functions.log"
HOOK = "/hook"  #: of the owner's settings, at the receiver
ROOM = "/room"  #: of the contact, at the receiver
INSTANCE = "certdeploy"


@dataclass
class Ground:
    """`new`, `newer`: certificates that may be issued, in this order."""

    folder: Path
    kind: Kind
    cloud: DisturbedCloud
    server: PatientServer
    clock: SharedClock
    boundaries: Boundaries
    settings: Settings
    platform: Platform
    receiver: Receiver
    estate: Estate
    new: Bundle
    newer: Bundle
    log: Path  #: of the functions
    told: dict[str, Any]  #: the settings, as they are told to other processes
    _state: Any = None
    _read: int = 0  #: of the log
    _world: World | None = None
    renewed: list[str] = field(default_factory=list)  #: identifiers of CAS

    @property
    def state_file(self) -> Path:
        return self.folder / "state.db"

    def begin(self) -> None:
        """An empty state, an account as the estate has it."""
        self._begin()
        for path in self.folder.glob("state.db*"):
            path.unlink()
        if self.kind == "ots":
            address = self.settings.tablestore
            assert address is not None
            create_tables(address, self.keys, TABLES)

    @property
    def products(self) -> list[CloudProduct]:
        """That there are in this account."""
        return [CloudProduct(name) for name in self.told["products"]]

    def scope(self, products: Sequence[CloudProduct]) -> None:
        """The owner's settings name these only."""
        self.platform.settings = {**self.told, "products": [product.value for product in products]}
        self.settings = settings_of(self.platform.settings)

    def stop_server(self) -> None:
        self.server.stop()

    def start_server(self) -> None:
        """On the same port."""
        self.server = PatientServer(self.cloud, self.server.port)
        self.server.start()

    def keep(self) -> None:
        """`begin_again` begins with what is stored now."""
        if self.kind == "ots":
            self._state = deepcopy(self._instance.tables)
            return
        self._state = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self.state_file)) as source:
            source.backup(self._state)

    def begin_again(self) -> None:
        self._begin()
        self.platform.begin_again()
        self.receiver.take()
        self.renewed.clear()
        if self.kind == "ots":
            self._instance.tables = deepcopy(self._state)
            return
        for path in self.folder.glob("state.db*"):
            path.unlink()
        with closing(sqlite3.connect(self.state_file)) as target:
            self._state.backup(target)

    def add_contact(self) -> None:
        """Somebody who is told of all that happens by itself, beside the receiver of the settings."""
        file = self.folder / "room"
        file.write_text(self.receiver.url.replace(HOOK, ROOM))
        channel = Channel(kind=ChannelKind.WEBHOOK, url=f"file:{file}")
        self.world.contacts.save(Contact(contact_id=1, name="Ops", default=True, channels=(channel,)))

    def renew(self) -> str:
        """The owner uploads the next certificate to CAS; its identifier."""
        bundle = (self.new, self.newer)[len(self.renewed)]
        row = self.cloud.service("cas").add(f"renewed-{len(self.renewed)}", "cn-hangzhou", bundle)
        self.renewed.append(str(row.identifier))
        return self.renewed[-1]

    def keys(self) -> Credentials:
        key = self.cloud.key
        return Credentials(key.access_key_id, key.access_key_secret)

    @property
    def world(self) -> World:
        """Not of the functions: of whoever checks, or does something by hand."""
        if self._world is None:
            self._world = self._app().world
        return self._world

    def check(self) -> Looked:
        """The state as a whole, looked over."""
        return Check(self._store(), self.clock(), served=None).look()

    def leases(self) -> list[str]:
        return [str(found.key[0]) for found in self._store().all_of(LEASES)]

    def _store(self) -> WholeStore:
        store: Any = self._app().store
        return cast(WholeStore, store)

    def _app(self) -> App:
        """Not a function's."""
        key = self.cloud.key
        return app_of(self.settings, self.clock, (key.access_key_id, key.access_key_secret), "by hand")

    def served(self) -> Places:
        return {
            (row["product"], row["host"], row["server_name"]): row["fingerprint_sha256"]
            for row in edge_table(self.cloud)
        }

    def _begin(self) -> None:
        self._world = None  # its file is another one
        self.clock.begin_again()
        self.cloud.disturbance = None
        self.cloud.reset()
        self.cloud.written.clear()
        if CloudProduct.AWS in self.products:
            from moto.moto_api._internal import mock_random

            mock_random.seed(1)  # moto draws its names by lot: each time the same
            self.cloud.service("aws").start()

    @property
    def old(self) -> str:
        """The certificate that is to be replaced wherever it is."""
        return f"{self.estate.id_of('old')}-{self.estate.certificates['old'].store}"

    def prints(self) -> dict[str, str]:
        """What each certificate of CAS is served as, by its identifier, also one that is gone by now."""
        of_estate = {
            f"{self.estate.id_of(name)}-{row.store}": self.estate.bundle(name, self.clock.in_truth()).sha256
            for name, row in self.estate.certificates.items()
        }
        bundles = (self.new, self.newer)
        return of_estate | {name: one.sha256 for name, one in zip(self.renewed, bundles, strict=False)}

    def private(self) -> list[str]:
        """Every private key that there is."""
        now = self.clock.in_truth()
        bundles = [
            self.new,
            self.newer,
            *(self.estate.bundle(name, now) for name in self.estate.certificates),
        ]
        return [bundle.key_pem for bundle in bundles if bundle.key_pem]

    def state_as_text(self) -> str:
        if self.kind == "ots":
            return "\n".join(f"{name}: {table.rows}" for name, table in self._instance.tables.items())
        return "\n".join(
            path.read_bytes().decode(errors="replace") for path in sorted(self.folder.glob("state.db*"))
        )

    def new_in_log(self) -> str:
        """What the functions have said since it was asked for last."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
        self._read += len(text)
        return text.decode(errors="replace")

    @property
    def _instance(self) -> Any:
        return self.cloud.service(Tablestore).instances[INSTANCE]
