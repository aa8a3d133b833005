"""An emulated cloud of whose calls each may be disturbed, and which counts the writes that it carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from emulator.api import Answer, Call, Raw
from emulator.calls import without_secrets
from emulator.cloud import Cloud
from emulator.faults import READS
from emulator.service import EmulatedService

_TOKENS = frozenset({"ClientToken", "resourceVersion"})


class Disturbance(Protocol):
    def before(self, service: EmulatedService, call: Call) -> None:
        """Raises ApiError or DroppedError if it is not carried out."""

    def after(self, service: EmulatedService, call: Call) -> None:
        """Raises DroppedError if its answer is lost."""


class DisturbedCloud(Cloud):
    def __init__(self, **options: Any) -> None:
        self.disturbance: Disturbance | None = None
        self.written: Counter[str] = Counter()
        super().__init__(**options)

    def execute(self, service: EmulatedService, call: Call) -> Answer | Raw:
        disturbance = self.disturbance
        if disturbance is not None:
            disturbance.before(service, call)
        answer = super().execute(service, call)
        if service.style != "OTS" and not call.action.startswith(READS):
            self.written[_told(service, call)] += 1
        if disturbance is not None:
            disturbance.after(service, call)
        return answer

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Whoever acts now is no function: nothing happens to their calls, and these do not count."""
        before, self.disturbance = self.disturbance, None
        written = self.written
        self.written = Counter()
        try:
            yield
        finally:
            self.disturbance, self.written = before, written


def _told(service: EmulatedService, call: Call) -> str:
    """A write, the same for the same change of the same slot."""
    params = {name: value for name, value in call.params.items() if name not in _TOKENS}
    return f"{service.api} {call.action} {sorted(without_secrets(params).items())}"
