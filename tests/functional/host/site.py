"""Where hosts over the sample functions run: one folder with their state, log and notes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host.host import Host
from host.tasks import NewTask, TaskTable

SAMPLE = Path(__file__).parents[2] / "functions_sample"


class Site:
    """Hosts made here share one state file and follow each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gate = str(folder / "gate")  #: what the function `work` waits for, where its order names it
        self._hosts: list[Host] = []

    def host(self, *, start: bool = True, soon: bool = True, **options: Any) -> Host:
        """`soon`: it retries without much of a pause. `options` are the host's own."""
        environment = {"RECORD": str(self.folder / "record"), "TOLD": str(self.folder / "told")}
        host = Host(
            **{
                "template": SAMPLE / "template.yml",
                "functions_dir": SAMPLE / "functions",
                "state": self.folder / "host.db",
                "log": self.folder / "log",
                **({"retry_base_s": 0.01} if soon else {}),
                **options,
                "environment": {**environment, **options.get("environment", {})},
            }
        )
        self._hosts.append(host)
        if start:
            host.start()
        return host

    def open_gate(self, after_s: float = 0) -> None:
        timer = threading.Timer(after_s, Path(self.gate).touch)
        timer.start()
        timer.join() if not after_s else None

    def runs(self) -> list[str]:
        """What the function `work` noted: a line `<id> <request id>` per run."""
        return lines(self.folder / "record")

    def told(self) -> list[str]:
        """What the function `told` got, a line for each."""
        return lines(self.folder / "told")

    def log(self) -> list[str]:
        return lines(self.folder / "log")

    def instances(self) -> set[str]:
        """The processes in which the function `work` has run."""
        return {line.split()[1] for line in self.log() if line.startswith("instance ")}

    def waiting(self, age_s: float, payload: bytes) -> None:
        """An invocation of `work` that an earlier host has accepted and not begun."""
        table = TaskTable(self.folder / "host.db")
        table.add(NewTask("demo-work", payload, "r"), time.time() - age_s)
        table.close()

    def ticked(self, age_s: float, timer: str = "hourly") -> None:
        """A timer of `told` ticked so long ago, on an earlier host."""
        table = TaskTable(self.folder / "host.db")
        table.save_tick("demo-told", timer, time.time() - age_s)
        table.close()

    def last_tick(self) -> float | None:
        """Of the timer `hourly`; while no host runs."""
        table = TaskTable(self.folder / "host.db")
        last = table.last_tick("demo-told", "hourly")
        table.close()
        return last

    def close(self) -> None:
        Path(self.gate).touch()
        for host in self._hosts:
            host.stop()


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def until(condition: Callable[[], object], timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def states(host: Host) -> list[str]:
    return [task.state for task in host.tasks()]
