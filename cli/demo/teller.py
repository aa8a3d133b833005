"""Prints the demo's progress line by line with the time, and what it waits for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text

from cli import output


class Teller:
    def __init__(self) -> None:
        self.started = time.monotonic()
        self._screen = output.console()

    def say(self, text: str) -> None:
        clock = (f"{time.monotonic() - self.started:5.1f} s  ", "dim")
        self._screen.print(Text.assemble(clock, text), soft_wrap=True)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show a spinner on a terminal; lines printed meanwhile appear above it."""
        with self._screen.status(Text(f"waiting for {what}", "dim")):
            yield
