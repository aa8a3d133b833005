"""What is seen of a stack while something moves in it: the last step on a terminal, failures anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.status import Status

from cli import output
from cli.stacks.human import called, why
from cli.stacks.ros import Event

_STACK = "ALIYUN::ROS::Stack"


class Followed:
    """Tells of events while it is `following`."""

    def __init__(self) -> None:
        self._shown: Status | None = None
        self._done = 0

    @contextmanager
    def following(self, what: str) -> Iterator[None]:
        with output.progress(what) as self._shown:
            yield
        self._shown = None

    def tell(self, fresh: list[Event]) -> None:
        for event in fresh:
            if event.kind == _STACK:
                continue
            self._done += event.status.endswith("_COMPLETE")
            name = called(event.name, event.kind)
            if event.status.endswith("_FAILED"):
                output.tell(f"{name}: {why(event.reason)}")
            elif self._shown is not None:
                self._shown.update(f"{self._done} done; {name}: {event.status.lower().replace('_', ' ')}")
