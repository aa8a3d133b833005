"""Answers as the real cloud may word them, between the products and the gateway.

`full`: as the emulated products tell them. `sparse`: without empty lists and without any field that
is not proved to be there (`always.py` says which are), with numbers as text where the vendor shows
them so, lists without order turned round, unknown fields and words, totals one off, and time stamps of
changes that move. `random`: each field of each answer is varied or not, by the lot of a seed; the same call
for the nth time is answered the same, whatever else is called between.

Refusals stay as they are, and so does what is not JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from threading import Lock
from typing import Any, Literal, get_args

from emulator import always, strangers
from emulator.api import Answer, Call, Raw

Mode = Literal["full", "sparse", "random"]
MODES: tuple[Mode, ...] = get_args(Mode)
_FORMS = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M:%S")
_TOKENS = frozenset(["ClientToken"])
_NOTHING = object()


class Answers:
    """How one cloud words its answers. `mode` and `seed` may be changed at any time."""

    def __init__(self, mode: Mode = "full", seed: int = 0) -> None:
        if mode not in MODES:
            raise ValueError(f"answers are one of {', '.join(MODES)}, not {mode!r}")
        self.mode, self.seed = mode, seed
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def restart(self) -> None:
        """From now on as if nothing had been asked."""
        with self._lock:
            self._asked.clear()

    def varied(self, api: str, call: Call, answered: Answer | Raw) -> Answer | Raw:
        """`answered` in this mode; what a product may keep of it is not touched."""
        if self.mode == "full" or call.action == "InvokeFunction":  # a function's own words
            return answered
        if isinstance(answered, Raw) and not answered.content_type.startswith("application/json"):
            return answered
        told = json.loads(answered.body) if isinstance(answered, Raw) else answered
        if not isinstance(told, dict):
            return answered
        lot, times = self._lot(api, call)
        strange = Random(f"{self.seed}/{api}").random() < 0.5  # noqa: S311
        words = _Wording(api, call.action, self.mode == "sparse", lot, times, strange).object(told)
        return replace(answered, body=json.dumps(words).encode()) if isinstance(answered, Raw) else words

    def _lot(self, api: str, call: Call) -> tuple[Random, int]:
        """The lot of this answer, and how often the same was asked before."""
        asked = sorted((name, value) for name, value in call.params.items() if name not in _TOKENS)
        key = sha256(repr((api, call.action, call.region, asked)).encode()).hexdigest()
        with self._lock:
            times = self._asked[key]
            self._asked[key] += 1
        return Random(f"{self.seed}/{key}/{times}"), times  # noqa: S311 - to be repeated, not secret


@dataclass(frozen=True)
class _Wording:
    """One answer in other words. Not `sparse`: by lot."""

    api: str
    action: str
    sparse: bool
    lot: Random
    times: int
    strange: bool  #: has fields that no client knows, which do not come and go

    def object(self, told: Mapping[str, Any]) -> dict[str, Any]:
        words = {name: self.field(name, value) for name, value in told.items()}
        words = {name: value for name, value in words.items() if value is not _NOTHING}
        for name, older in always.older_names(self.api).items():
            if name in told and words.get(name) is None:
                words[older] = told[name]
        if (self.sparse or self.strange) and any(told.values()):
            words |= strangers.beside(next(iter(told), ""))
        return words

    def field(self, name: str, value: Any) -> Any:
        """The value in other words, or `_NOTHING`."""
        if isinstance(value, dict):
            inner = self.object(value) if value else {}
            return inner if strangers.tells(inner) or not self.happens() else _NOTHING
        if isinstance(value, list):
            return self.list(name, value)
        if value in (None, "") and self.happens():
            return _NOTHING
        lacked = always.is_lacked(self.api, self.action, name)
        if always.decides_nothing(name) and not lacked and isinstance(value, str) and self.happens():
            return strangers.UNHEARD
        if always.is_time_of_change(name):
            return _moved(value, self.times) if self.happens() else value
        if not self.is_there(name, value) and self.happens():
            return _NOTHING if self.sparse or self.lot.random() < 0.8 else None
        return self.number(name, value)

    def list(self, name: str, value: list[Any]) -> Any:
        scalars = not any(isinstance(item, (dict, list)) for item in value)
        if not value or (scalars and not always.is_always_there(self.api, self.action, name)):
            if not self.happens():
                return value
            return _NOTHING if self.sparse or self.lot.random() < 0.5 else None
        inner = [self.object(item) if isinstance(item, dict) else item for item in value]
        inner = [item for item in inner if strangers.tells(item)]
        if not inner:
            return _NOTHING
        if always.is_ordered(name) or not self.happens():
            return inner
        if self.sparse:
            return inner[::-1]
        self.lot.shuffle(inner)
        return inner

    def is_there(self, name: str, value: Any) -> bool:
        """A flag that is up is told; one that is down may be left out, as the vendor's `omitempty` does."""
        if value is True and not always.is_lacked(self.api, self.action, name):
            return True
        if value is False:
            return always.is_named(self.api, self.action, name)
        return always.is_always_there(self.api, self.action, name)

    def number(self, name: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            return value
        if always.is_total(name):
            if not self.happens():
                return value
            return self.total(value)
        known = always.is_shown_as_text(name)
        as_text = known if self.sparse else not always.is_of_pages(name) and self.lot.random() < 0.25
        return str(value) if as_text else value

    def total(self, value: int) -> int:
        """One off."""
        low = not self.sparse and self.lot.random() < 0.5 and value > 0
        return value - 1 if low else value + 1

    def happens(self) -> bool:
        return self.sparse or self.lot.random() < 0.5


def _moved(value: Any, times: int) -> Any:
    """A time stamp, later by as many seconds as it was asked for before, and one."""
    later = timedelta(seconds=times + 1)
    if isinstance(value, int) and not isinstance(value, bool):
        return value + (times + 1) * (1000 if value > 10**11 else 1)
    for form in _FORMS if isinstance(value, str) else ():
        try:
            return (datetime.strptime(value, form) + later).strftime(form)
        except ValueError:
            continue
    return value
