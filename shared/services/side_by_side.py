"""Many tasks at once, most of which wait for something at any time: a pause costs no thread.

A task is a generator that yields how many seconds it has nothing to do. Its first part, up to the first
pause, is run by threads of its own: those may all be held up by the pace of writing, and those that go
on, to look and to prove, must not queue behind them.
"""

import heapq
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import count
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

#: What is due so soon is due: a sum of pauses is not exact, and less may not move a clock.
_NOW_S: Final = 0.001
Task: TypeAlias = Generator[float, None, None]
_Ran: TypeAlias = tuple[Task, float | None, BaseException | None]  #: its pause, None at its end


def run_side_by_side(
    tasks: Iterable[Task],
    *,
    beside: Task | None = None,
    parallel: int,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Return when all have ended. What one raises stops the others at their next pause, and goes through.

    `clock`: in seconds, one that nobody sets: pauses are neither stretched nor cut where the time of day is
    put right, and end where it stands. `beside` runs as long as any of them does, and is closed then.
    """
    ran: SimpleQueue[_Ran] = SimpleQueue()
    waiting: list[tuple[float, int, Task]] = []
    order = count()

    def go_on(task: Task) -> None:
        try:
            ran.put((task, next(task, None), None))
        except BaseException as error:  # all of them: the caller's thread raises it
            ran.put((task, None, error))

    with (
        ThreadPoolExecutor(parallel, "begin") as beginning,
        ThreadPoolExecutor(parallel, "go-on") as going_on,
    ):
        left = running = 0
        for task in tasks:
            beginning.submit(copy_context().run, go_on, task)
            left, running = left + 1, running + 1
        if beside is not None:
            going_on.submit(copy_context().run, go_on, beside)
            running += 1
        try:
            while left:
                while waiting and waiting[0][0] - clock() < _NOW_S:
                    going_on.submit(copy_context().run, go_on, heapq.heappop(waiting)[2])
                    running += 1
                until_next = max(0.0, waiting[0][0] - clock()) if waiting else None
                if not running:
                    sleep(until_next or 0.0)
                    continue
                try:
                    task, pause, error = ran.get(timeout=until_next)
                except Empty:
                    continue
                running -= 1
                if error is not None:
                    raise error
                if pause is not None:
                    heapq.heappush(waiting, (clock() + pause, next(order), task))
                elif task is not beside:
                    left -= 1
        finally:
            for pool in (beginning, going_on):
                pool.shutdown(wait=True, cancel_futures=True)
            if beside is not None:
                beside.close()
