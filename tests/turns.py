"""Invocations side by side, one step at a time: each waits before every store operation for its turn.

Whose turn it is, a test decides: so any order of the steps of two or three deliveries can be tried, again and
again the same, and each may be killed at any of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.state.store import Document, Key, Row, Store
from shared.state.tables import Table
from tests.meddling import Cut

#: Of the actors that can go on, by number: which one does. A negative number kills it: `~actor`.
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

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._here = threading.local()
        self._waits = threading.Semaphore(0)

    def pausing(self, store: Store) -> Pausing:
        return Pausing(store, self.pause)

    def pause(self) -> None:
        """Of an actor's own thread. Others, such as the test's, do not wait."""
        actor: _Actor | None = getattr(self._here, "actor", None)
        if actor is None:
            return
        self._waits.release()
        actor.may_go.acquire()
        if actor.killed:
            raise Cut

    def run(self, *acts: Callable[[], object]) -> list[BaseException | None]:
        """How each ended: None, or what it raised."""
        actors = [_Actor(act) for act in acts]
        threads = [threading.Thread(target=self._live, args=(actor,), daemon=True) for actor in actors]
        for thread in threads:
            thread.start()
            self._waits.acquire()
        while living := [number for number, actor in enumerate(actors) if not actor.over]:
            chosen = self._choose(living)
            actor = actors[chosen if chosen >= 0 else ~chosen]
            actor.killed = chosen < 0
            actor.may_go.release()
            self._waits.acquire()
        for thread in threads:
            thread.join()
        return [actor.error for actor in actors]

    def _live(self, actor: _Actor) -> None:
        self._here.actor = actor
        try:
            self.pause()
            actor.act()
        except BaseException as error:  # told by `run`
            actor.error = error
        actor.over = True
        self._waits.release()


def in_every_order(run: Callable[[Choose], object], *, switches: int) -> int:
    """Call `run` once for each order of its steps in which an actor that could go on has to wait at most
    `switches` times; how many those were. Most faults need one or two.
    """
    taken: list[tuple[int, Sequence[int]]] = []  #: at each step: the choice, and what is left to be tried
    runs = 0
    while True:
        step, last, left = 0, 0, switches

        def choose(living: Sequence[int]) -> int:
            nonlocal step, last, left
            if step == len(taken):
                others = [one for one in living if one != last] if left or last not in living else []
                options = [last, *others] if last in living else others
                taken.append((options[0], options[1:]))
            chosen = taken[step][0]
            left -= last in living and chosen != last
            step, last = step + 1, chosen
            return chosen

        run(choose)
        runs += 1
        while taken and not taken[-1][1]:
            taken.pop()
        if not taken:
            return runs
        _, rest = taken.pop()
        taken.append((rest[0], rest[1:]))


class Pausing:
    """`store`, with a pause before each operation; a range pauses once."""

    def __init__(self, store: Store, pause: Callable[[], None]) -> None:
        self._store, self._pause = store, pause

    def get(self, table: Table, key: Key) -> Row | None:
        self._pause()
        return self._store.get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        asked = list(keys)
        self._pause()
        return iter(list(self._store.get_many(table, asked)))

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._pause()
        return self._store.put(table, key, document, version=version)

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        """One after the other: another one may act between any two."""
        for key, document in rows:
            self.put(table, key, document, version=0)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._pause()
        self._store.delete(table, key, version=version)

    def range(self, table: Table, prefix: Key, *, below: Key | None = None) -> Iterator[Row]:
        self._pause()
        return iter(list(self._store.range(table, prefix, below=below)))
