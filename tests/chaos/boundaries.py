"""Where a function may be killed: before and after each call, and each write to its state."""

from __future__ import annotations

import http.client
import mmap
import os
import signal
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from shared.state.store import Document, Key, Row, Store, Write
from shared.state.tables import Table

_NUMBER = struct.Struct("q")
_MOST = 3  #: that one function is killed in a run
BEFORE_STATE = "before a write to the state"
_READS_OF_STATE = ("/GetRow", "/BatchGetRow", "/GetRange")  #: of Tablestore


class Boundaries:
    """Counts them for each function over all of its invocations of a run; at some of them its process ends.

    It is made before the processes are, which share the numbers.
    """

    def __init__(self, functions: Sequence[str]) -> None:
        self._places = {name: place for place, name in enumerate(functions)}
        self._memory = mmap.mmap(-1, len(functions) * (1 + _MOST) * _NUMBER.size)
        self._here = 0  #: of the function that this process runs
        self.met: list[str] = []  #: by this process
        self.last_words: Callable[[str], None] = lambda kind: None
        self.meets: Callable[[], None] = lambda: None  #: others, who may act before it writes to the state

    def begin(self, fatal: Mapping[str, Sequence[int]]) -> None:
        """Count from 1 again. `fatal`: by function, where the process that is there ends."""
        for name, place in self._places.items():
            numbers = [0, *fatal.get(name, ())][: 1 + _MOST]
            for index in range(1 + _MOST):
                self._write(place, index, numbers[index] if index < len(numbers) else 0)

    def enter(self, function: str) -> None:
        """This process runs that one from now on."""
        self._here, self.met = self._places[function], []

    def pass_(self, kind: str) -> None:
        passed = self._read(0) + 1
        self._write(self._here, 0, passed)
        self.met.append(kind)
        if passed in [self._read(index) for index in range(1, 1 + _MOST)]:
            self.last_words(kind)
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == BEFORE_STATE:
            self.meets()

    def _read(self, index: int) -> int:
        at = (self._here * (1 + _MOST) + index) * _NUMBER.size
        return int(_NUMBER.unpack_from(self._memory, at)[0])

    def _write(self, place: int, index: int, number: int) -> None:
        _NUMBER.pack_into(self._memory, (place * (1 + _MOST) + index) * _NUMBER.size, number)

    def watch_calls(self) -> None:
        """In this process from now on: everything that is sent by HTTP, whichever client sends it."""
        connection: Any = http.client.HTTPConnection
        ask, send, receive = connection.putrequest, connection.endheaders, connection.getresponse

        def asked(self: Any, method: str, url: str, *arguments: Any, **named: Any) -> Any:
            self.is_boundary = not url.endswith(_READS_OF_STATE)
            return ask(self, method, url, *arguments, **named)

        def sent(connection: Any, *arguments: Any, **named: Any) -> Any:
            if connection.is_boundary:
                self.pass_("before a call")
            return send(connection, *arguments, **named)

        def received(connection: Any, *arguments: Any, **named: Any) -> Any:
            answer = receive(connection, *arguments, **named)
            if connection.is_boundary:
                self.pass_("after a call")
            return answer

        connection.putrequest, connection.endheaders, connection.getresponse = asked, sent, received


class Watched:
    """`store`, whose writes are boundaries."""

    def __init__(self, store: Store, boundaries: Boundaries) -> None:
        self._store, self._pass = store, boundaries.pass_

    def get(self, table: Table, key: Key) -> Row | None:
        return self._store.get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        return self._store.get_many(table, keys)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        return self._store.range(table, prefix, below=below, after=after)

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._pass(BEFORE_STATE)
        stored = self._store.put(table, key, document, version=version)
        self._pass("after a write to the state")
        return stored

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        """One after the other: it may be killed between any two."""
        for key, document in rows:
            self._pass(BEFORE_STATE)
            self._store.put_many(table, [(key, document)])
            self._pass("after a write to the state")

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        """As `put_many`."""
        refused: list[Key] = []
        for one in rows:
            self._pass(BEFORE_STATE)
            refused += self._store.write_many(table, [one])
            self._pass("after a write to the state")
        return refused

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._pass(BEFORE_STATE)
        self._store.delete(table, key, version=version)
        self._pass("after a write to the state")
