"""Faults to order: calls that fail before they did anything, or after they did everything.

An order is checked like any input: pydantic refuses wrong types and fields, all in one error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import count
from random import Random
from threading import Lock
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

When = Literal["before", "after"]
Region = Annotated[str, Field(pattern=r"^[a-z]{2,3}-[a-z]+(-[a-z0-9]+)*$")]
Word = Annotated[str, Field(min_length=1)]
NotNegative = Annotated[int, Field(ge=0, le=10**9)]
LONGEST_MS = 600_000  #: of a delay
LONGEST_SETTLE_S = 366 * 86400  #: how long a change may take
MOST = 1000  #: faults, or denials, at once
_STRICT = ConfigDict(strict=True, extra="forbid")
#: Actions that begin so change nothing that another change could be in the way of.
READS = ("Describe", "Get", "Invoke", "List", "Query", "Test", "Assume")
_TOKENS = frozenset(["ClientToken"])


class DroppedError(Exception):
    """The connection ends here, without an answer, after `delay_s`."""

    delay_s = 0.0


@dataclass(config=_STRICT)
class Fault:
    """The next `times` calls of `action` go wrong, after `passing` that do not.

    `when="after"`: the change has happened and only the answer is lost. `drop`: the connection
    closes without any answer. `api` (a product, "cdn") and `region` narrow it where an action's
    name is not enough, and `params` to calls with these parameters: `*` and `?` stand for any text, and
    of lists and objects one part has to fit. `probability`: of the calls that it means it strikes so many,
    by a lot of `seed`. `latency_ms`: the answer comes so much later; `refuse=False`: and is as always.
    `id` is what it is taken back by.
    """

    action: Word
    status: Annotated[int, Field(ge=400, le=599)] = 503
    code: Word = "ServiceUnavailable"
    when: When = "before"
    times: NotNegative = 1
    passing: NotNegative = 0
    region: Region | None = None
    api: Word | None = None
    drop: bool = False
    message: str = "injected by the emulator"
    retry_after_ms: NotNegative | None = None
    params: dict[Word, str | bool | int] = field(default_factory=dict)
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: int = 0
    latency_ms: Annotated[int, Field(ge=0, le=LONGEST_MS)] = 0
    refuse: bool = True
    id: str = field(default="", init=False)
    struck: int = field(default=0, init=False)
    met: int = field(default=0, init=False)  #: calls that it may strike, behind those that pass

    @property
    def waiting(self) -> bool:
        return self.times > 0

    def strike(
        self, api: str, action: str, region: str, params: Mapping[str, Any], when: When
    ) -> Fault | None:
        """What strikes this call, used up by one."""
        if not self._meets(api, action, region, when) or not self._fits(params):
            return None
        if self.passing > 0:
            self.passing -= 1
            return None
        self.met += 1
        if Random(f"{self.seed}/{self.met}").random() >= self.probability:  # noqa: S311 - to be repeated
            return None
        self.times -= 1
        self.struck += 1
        return self

    def _meets(self, api: str, action: str, region: str, when: When) -> bool:
        return (
            self.times > 0
            and self.action == action
            and self.when == when
            and self.region in (None, region)
            and (self.api is None or self.api.lower() == api.lower())
        )

    def _fits(self, params: Mapping[str, Any]) -> bool:
        return all(
            any(fnmatchcase(text, _text(wanted)) for text in _texts(params.get(name)))
            for name, wanted in self.params.items()
        )


@dataclass(config=_STRICT)
class BusyWrites:
    """Each write of a product is refused once, as if another change were under way, then passes.

    The product's own codes take turns; the same write is one with the same action and parameters.
    """

    api: Word
    codes: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    region: Region | None = None
    id: str = field(default="", init=False)
    struck: int = field(default=0, init=False)
    _met: set[str] = field(default_factory=set, init=False, repr=False)

    @property
    def waiting(self) -> bool:
        return self.struck == 0

    def strike(
        self, api: str, action: str, region: str, params: Mapping[str, Any], when: When
    ) -> Fault | None:
        if api.lower() != self.api.lower() or self.region not in (None, region):
            return None
        if when != "before" or action.startswith(READS):
            return None
        told = sorted((name, value) for name, value in params.items() if name not in _TOKENS)
        write = sha256(repr((action, region, told)).encode()).hexdigest()  # parameters may be keys
        if write in self._met:
            return None
        self._met.add(write)
        status, code = self.codes[self.struck % len(self.codes)]
        self.struck += 1
        return Fault(action, status, code, message="Another change is under way.")


class Faults(list[Fault | BusyWrites]):
    """All faults ordered; those that have struck stay listed.

    `check` says what is wrong with a fault in this cloud: actions and products that it lacks.
    """

    def __init__(self, check: Callable[[Fault | BusyWrites], Collection[str]] = lambda fault: ()) -> None:
        super().__init__()
        self._check = check
        self._ids = count(1)
        self._lock = Lock()

    def add(self, fault: Fault | BusyWrites) -> Fault | BusyWrites:
        """Order it. Raises ValueError where it could never strike."""
        if problems := self._check(fault):
            raise ValueError("; ".join(problems))
        if len(self) >= MOST:
            raise ValueError(f"there are {MOST} faults already; take some back first")
        with self._lock:
            fault.id = str(next(self._ids))
            self.append(fault)
        return fault

    def find(self, fault_id: str) -> Fault | BusyWrites | None:
        return next((fault for fault in list(self) if fault.id == fault_id), None)

    def take_back(self, fault_id: str) -> Fault | BusyWrites | None:
        """Remove one fault, whether it has struck or not."""
        with self._lock:
            found = self.find(fault_id)
            self[:] = [fault for fault in self if fault is not found]
        return found

    def unhit(self) -> list[Fault | BusyWrites]:
        """Those still waiting for a call. A test that ends with one of them has proved nothing."""
        return [fault for fault in self if fault.waiting]

    def take(self, api: str, action: str, region: str, params: Mapping[str, Any], when: When) -> Fault | None:
        """What strikes this call, used up by one."""
        with self._lock:
            struck = (fault.strike(api, action, region, params, when) for fault in self)
            return next((fault for fault in struck if fault is not None), None)


def _text(value: object) -> str:
    """As it is in a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _texts(value: Any) -> Iterator[str]:
    """All of a parameter, at any depth; none of one that was not given."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield _text(value)
