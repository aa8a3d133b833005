"""Exchange the certificates of one writer: look, write, look, compare; from whatever is found half done.

The next step follows from the change and the look alone (`Progress.met`), so an answer that was lost, a
function that was killed and a second delivery need no code of their own.
"""

from collections.abc import Callable, Generator, Sequence

from shared.errors import AppError
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Change
from shared.products.kit.progress import End, Next, Outcome, Progress, Remember
from shared.products.kit.waiting import Waiter

__all__ = ["End", "Outcome", "exchange"]


def exchange(
    adapter: Changer,
    changes: Sequence[Change],
    remember: Remember,
    patience: Callable[[], Waiter],
) -> Generator[float, None, list[Outcome]]:
    """Bring each change to its end. Yields pauses, in seconds; returns the outcomes, in order. Never raises.

    `changes` are of one writer; several only where the adapter looks and writes `at_once`. `patience`
    begins anew with every step forward.
    """
    under_way = [Progress(change) for change in changes]
    pauses = patience().pauses()
    while True:
        moved = _step(adapter, under_way, remember)
        waiting = [one for one in under_way if one.outcome is None]
        if not waiting:
            return [one.outcome for one in under_way if one.outcome]
        if moved:
            pauses = patience().pauses()
        if (pause := next(pauses, None)) is None:
            late = [one for one in waiting if one.lost_in_the_end()]
            for one in late:
                one.take_back(adapter, remember)
            for one in waiting if not late else ():
                one.out_of_time(adapter)
            pauses, pause = patience().pauses(), 0.0
        yield pause


def _step(adapter: Changer, under_way: list[Progress], remember: Remember) -> bool:
    """Look once, and make the next call if it is time for one; whether one was made."""
    waiting = [one for one in under_way if one.outcome is None]
    if not waiting:
        return False
    try:
        looks = adapter.look([one.change for one in waiting])
    except AppError as error:
        for one in waiting:
            one.unseen(error, adapter)
        return False
    to_write: list[Progress] = []
    moved = False
    for one, look in zip(waiting, looks, strict=True):
        step = one.met(look)
        if step is Next.TAKE_BACK:
            one.take_back(adapter, remember)
            moved = True
        elif step is Next.WRITE:
            to_write.append(one)
    return _write(adapter, to_write, remember) or moved


def _write(adapter: Changer, ready: list[Progress], remember: Remember) -> bool:
    """Make one call, for as many of those that are ready as it takes."""
    if not ready:
        return False
    apart = [one for one in ready if one.alone]
    steps = [one.step for one in apart[:1] or ready]
    chosen = {id(change) for change, _ in adapter.together(steps)}
    writing = [one for one in ready if id(one.change) in chosen]
    for one in writing:
        one.begin(remember)
    writing = [one for one in writing if one.outcome is None]
    if not writing:
        return True
    try:
        adapter.advance([one.step for one in writing])
    except AppError as error:
        several = len(writing) > 1 and not error.retryable
        for one in writing:
            one.alone = several
            if not several:
                one.refused(error)
    else:
        for one in writing:
            one.written()
    return True
