"""A stack whose functions run on the emulated cloud."""

from __future__ import annotations

import time

from emulator.server import Server
from tests.functional.emulator.clients import admin


def settled(server: Server) -> None:
    for _ in range(600):
        if admin(server, "GET", "functions")["idle"]:
            return
        time.sleep(0.1)
    raise AssertionError("it did not settle")
