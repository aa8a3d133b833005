"""A cloud with its ports in this process, for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from emulator.calls import CallLog
from emulator.clock import Clock
from emulator.cloud import Cloud
from emulator.environment import settings
from emulator.estate import load_estate, parse_estate
from emulator.faults import Fault, Faults
from emulator.keys import AccessKey
from emulator.listening import Listening, listened


@dataclass(frozen=True)
class InProcess:
    """A running cloud. `ready` is what its ready line would say; `ca_file` holds the CA of its hosts."""

    cloud: Cloud
    ready: Mapping[str, str]
    ca_file: str

    @property
    def endpoint(self) -> str:
        """`http://127.0.0.1:PORT`: of all APIs, and a proxy to the cloud's own hosts."""
        return self.ready["endpoint"]

    @property
    def tls(self) -> str:
        """`127.0.0.1:PORT` of the edge, which serves what the products carry."""
        return self.ready["tls"]

    @property
    def key(self) -> AccessKey:
        return self.cloud.key

    @property
    def calls(self) -> CallLog:
        return self.cloud.calls

    @property
    def faults(self) -> Faults:
        return self.cloud.faults

    @property
    def clock(self) -> Clock:
        """`clock()` is the cloud's time; `.advance(seconds)`, `.freeze()`, `.run()`."""
        return self.cloud.time

    @property
    def environ(self) -> dict[str, str]:
        """Variables that lead clients here."""
        return settings(self.ready, self.ca_file)

    def fault(self, action: str, **fields: Any) -> Fault:
        """Order a fault, with its fields of docs/emulator. Raises ValueError if it could never strike."""
        fault = Fault(action, **fields)
        self.cloud.faults.add(fault)
        return fault

    def deny(self, ram_action: str, resource: str = "*", region: str | None = None) -> None:
        """Refuse a RAM action, such as `cdn:*`. Raises ValueError if there is none."""
        self.cloud.deny(ram_action, resource, region)

    def settle(self) -> None:
        """Let every change that is under way take effect now."""
        self.cloud.time.advance(self.cloud.settle_s)

    def reset(self) -> None:
        """Back to the estate."""
        self.cloud.reset()

    def problems(self) -> list[str]:
        """Why a test that ends now has proved less than it seems: a sentence each."""
        unhit = [f"the fault never struck: {fault}" for fault in self.cloud.faults.unhit()]
        refused = {(record.api, record.action, record.code) for record in self.cloud.calls.not_emulated()}
        strange = [f"not emulated: {action} of {api} ({code})" for api, action, code in sorted(refused)]
        return unhit + strange


@contextmanager
def started(estate: object = None, *, settle_s: float = 0, **options: Any) -> Iterator[InProcess]:
    """A cloud with `estate`: data of its form, a path of a file, or None for the sample.

    `options` are those of `Cloud`. Raises EstateError.
    """
    cloud = Cloud(settle_s=settle_s, **options)
    from_file = estate is None or isinstance(estate, str | Path)
    path = Path(estate) if isinstance(estate, str | Path) else None
    cloud.load(load_estate(path) if from_file else parse_estate(estate))
    with TemporaryDirectory(prefix="emulator-") as folder:
        ca = Path(folder, "ca.pem")
        with listened(cloud, 0, 0, Listening(ca_out=ca)) as ready:
            yield InProcess(cloud, ready, str(ca))
