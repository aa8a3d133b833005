"""What becomes of a stack while it is made, changed or taken away: its events, as they come."""

import time
from collections.abc import Callable

from cli.stacks.ros import GONE, Event, Ros, StackState
from shared.errors import CloudRejectedError

EVERY_S = 3.0  #: between two looks


def settled(
    ros: Ros,
    stack: StackState | None,
    tell: Callable[[str], None],
    on_events: Callable[[list[Event]], None],
) -> StackState | None:
    """The stack as it is when nothing moves in it any more. `tell`: what is waited for."""
    if stack is None or not stack.moving:
        return stack
    tell(f"stack {stack.name} is {stack.status}: waiting for its end")
    return followed(ros, stack.id, {event.id for event in ros.events(stack.id)}, on_events)


def followed(
    ros: Ros,
    stack_id: str,
    seen: set[str],
    tell: Callable[[list[Event]], None],
) -> StackState | None:
    """Until nothing moves any more; `tell` gets what is new, the oldest first. None: the stack is gone.

    `seen`: the ids of events that are not new; those that are told are added.
    """
    while True:
        try:
            state = ros.state(stack_id)
            fresh = _fresh(ros, stack_id, seen)
        except CloudRejectedError as error:
            if error.cloud_code != "StackNotFound":
                raise
            return None
        if fresh:
            tell(fresh)
        if not state.moving:
            return None if state.status == GONE else state
        time.sleep(EVERY_S)


def _fresh(ros: Ros, stack_id: str, seen: set[str]) -> list[Event]:
    """The events that are not seen yet, whichever order the service has."""
    found = []
    for event in ros.events(stack_id):
        if event.id not in seen:
            found.append(event)
    seen.update(event.id for event in found)
    order = {event.id: place for place, event in enumerate(found)}
    newest_first = bool(found) and found[0].at > found[-1].at
    return sorted(found, key=lambda event: (event.at, -order[event.id] if newest_first else order[event.id]))
