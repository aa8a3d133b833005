"""Invocations side by side, one step at a time: each waits before a store operation for its turn.

Whose turn it is, a test decides: so any order of the steps of two or three deliveries can be tried, again and
again the same, and each may be killed at any of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.state.store import Document, Key, Row, Store, Write
from shared.state.tables import TABLES, Table
from tests.meddling import Cut
from tests.rows import one_by_one

#: Of the actors that can go on, by number: which one does. The complement of a number, `~actor`, kills it.
Choose = Callable[[Sequence[int]], int]


@dataclass
class _Actor:
    act: Callable[[], object]
    may_go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    killed: bool = False
    over: bool = False
    error: BaseException | None = None


class Turns:
    """One run. Stores that are made by `pausing` wait for their actor's turn."""

    def __init__(self, choose: Choose | None = None) -> None:
        """`choose`: for `run`; without, a test says itself who is started, and who makes its next step."""
        self._choose = choose
        self._here = threading.local()
        self._waits = threading.Semaphore(0)
        self._actors: list[_Actor] = []

    def pausing(self, store: Store, tables: Collection[Table] = TABLES) -> Pausing:
        return Pausing(store, self.pause, tables)

    def pause(self) -> None:
        """Of an actor's own thread. Others, such as the test's, do not wait."""
        actor: _Actor | None = getattr(self._here, "actor", None)
        if actor is None:
            return
        self._waits.release()
        actor.may_go.acquire()
        if actor.killed:
            raise Cut

    @property
    def living(self) -> list[int]:
        """Those that wait for their turn, by number."""
        return [number for number, actor in enumerate(self._actors) if not actor.over]

    @property
    def errors(self) -> list[BaseException | None]:
        """How each ended: None, or what it raised."""
        return [actor.error for actor in self._actors]

    def start(self, act: Callable[[], object]) -> None:
        """One more, which waits before its first step."""
        actor = _Actor(act)
        self._actors.append(actor)
        threading.Thread(target=self._live, args=(actor,), daemon=True).start()
        self._waits.acquire()

    def step(self, number: int) -> None:
        """It goes on to its next pause, or to its end. `~number`: it is killed where it waits."""
        actor = self._actors[number if number >= 0 else ~number]
        actor.killed = number < 0
        actor.may_go.release()
        self._waits.acquire()

    def run(self, *acts: Callable[[], object]) -> list[BaseException | None]:
        """How each ended: None, or what it raised."""
        assert self._choose is not None
        for act in acts:
            self.start(act)
        while living := self.living:
            self.step(self._choose(living))
        return self.errors

    def _live(self, actor: _Actor) -> None:
        self._here.actor = actor
        try:
            self.pause()
            actor.act()
        except BaseException as error:  # told by `run`
            actor.error = error
        actor.over = True
        self._waits.release()


def in_every_order(run: Callable[[Choose], object], *, switches: int, kills: int = 0) -> int:
    """Call `run` once for each order of its steps; how many there are.

    That is each order in which at most `switches` times one that could go on has to wait for another one, and
    at most `kills` of them are killed. Most faults need one or two.
    """
    taken: list[tuple[int, Sequence[int]]] = []  #: at each step: the choice, and what is left to be tried
    runs = 0
    while True:
        choose = _Order(taken, switches, kills)
        run(choose)
        runs += 1
        while taken and not taken[-1][1]:
            taken.pop()
        if not taken:
            return runs
        _, rest = taken.pop()
        taken.append((rest[0], rest[1:]))


class _Order:
    """Follows `taken`, and then goes on with the one that it is at, writing down what else it could do."""

    def __init__(self, taken: list[tuple[int, Sequence[int]]], switches: int, kills: int) -> None:
        self._taken, self._switches, self._kills = taken, switches, kills
        self._step, self._last = 0, 0

    def __call__(self, living: Sequence[int]) -> int:
        here = self._last in living
        if self._step == len(self._taken):
            options = [self._last] if here else []
            options += [one for one in living if one != self._last] if self._switches or not here else []
            options += [~self._last] if here and self._kills else []
            self._taken.append((options[0], options[1:]))
        chosen = self._taken[self._step][0]
        self._step += 1
        if chosen < 0:
            self._kills -= 1
        else:
            self._switches -= here and chosen != self._last
            self._last = chosen
        return chosen


class Pausing:
    """`store`, with a pause before each operation on one of `tables`; a range pauses once."""

    def __init__(self, store: Store, pause: Callable[[], None], tables: Collection[Table]) -> None:
        self._store, self._pause, self._tables = store, pause, frozenset(tables)

    def get(self, table: Table, key: Key) -> Row | None:
        self._wait(table)
        return self._store.get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        asked = list(keys)
        self._wait(table)
        return iter(list(self._store.get_many(table, asked)))

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._wait(table)
        return self._store.put(table, key, document, version=version)

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        """One after the other: another one may act between any two."""
        for key, document in rows:
            self.put(table, key, document, version=0)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        return one_by_one(self, table, rows)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._wait(table)
        self._store.delete(table, key, version=version)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        self._wait(table)
        return iter(list(self._store.range(table, prefix, below=below, after=after)))

    def _wait(self, table: Table) -> None:
        if table in self._tables:
            self._pause()
