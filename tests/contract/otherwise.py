"""What is asked of the cloud, with each field that is read from its answers told otherwise (see walk)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields, fields_of
from shared.domain.resources import CloudResource
from shared.errors import CloudError
from shared.products.kit.changes import Change
from shared.products.kit.found import Found, Unread
from tests.contract.bench import Bench
from tests.contract.walk import INSTEAD, Path, replaced
from tests.contract.watch import Watch, paths, watching


@dataclass(frozen=True)
class Told:
    """One field of the first row of an answer, and what came of it."""

    action: str
    path: str
    how: str
    found: list[Any]  #: None of it where `error`
    error: CloudError | None

    @property
    def slots(self) -> set[str]:
        return {one.slot for one in self.found if isinstance(one, CloudResource)}

    @property
    def silent(self) -> bool:
        """Nobody is told that something could not be read."""
        return self.error is None and not any(isinstance(one, Unread) for one in self.found)


def discovered(bench: Bench) -> Iterator[Told]:
    """Discovery, with each field that it reads told otherwise."""
    return told_otherwise(lambda: list(bench.adapter_with(seconds=5).found(bench.region)))


def looked_at(bench: Bench, slot: CloudResource, wanted: str) -> Iterator[Told]:
    """A look at a slot, before and after a write, with each field that it reads told otherwise."""
    certificate = bench.certificate(wanted)

    def look() -> list[Found]:
        for begun in (False, True):
            change = Change(slot, certificate, begun=begun)
            list(bench.adapter_with(seconds=5).look([change]))
        return []

    return told_otherwise(look)


def told_otherwise(happens: Callable[[], list[Any]], *, cas: bool = False) -> Iterator[Told]:
    """What `happens` gives, with each field that it reads told otherwise; of `cas` each that is told."""
    with pytest.MonkeyPatch.context() as patch:
        watch = watching(patch)
        watch.overlooked = frozenset() if cas else frozenset({"cas"})
        happens()
    answers = _Answers()
    for action, path in _told(watch) if cas else _fields(watch):
        for how, instead in INSTEAD.items():
            with pytest.MonkeyPatch.context() as patch:
                answers.told(patch, action, lambda answer, p=path, i=instead: replaced(answer, _steps(p), i))
                try:
                    found, error = happens(), None
                except CloudError as refused:
                    found, error = [], refused
            yield Told(action, path, how, found, error)


class _Answers:
    """Those of the cloud, which are the same for the same question: it is asked each of them once."""

    def __init__(self) -> None:
        self._known: dict[str, str | CloudError] = {}

    def told(self, patch: pytest.MonkeyPatch, action: str, change: Callable[[Any], None]) -> None:
        """From now on, those of `action` with a change."""
        call = OpenApi.call

        def answered(client: OpenApi, api: Any, asked: Any, params: Any = None, **options: Any) -> Fields:
            question = repr((api.code, asked.name, params, options))
            if question not in self._known:
                try:
                    self._known[question] = json.dumps(call(client, api, asked, params, **options))
                except CloudError as refused:
                    self._known[question] = refused
            known = self._known[question]
            if isinstance(known, CloudError):
                raise known
            answer = json.loads(known)
            if asked.name == action:
                change(answer)
            return fields_of(answer, asked.name)

        patch.setattr(OpenApi, "call", answered)


def _fields(watch: Watch) -> Iterable[tuple[str, str]]:
    return [(action, path) for action in sorted(watch.read) for path in sorted(watch.read[action])]


def _told(watch: Watch) -> Iterable[tuple[str, str]]:
    """CAS's rows are copied as a whole, which is no reading of fields."""
    for action, answers in sorted(watch.answers.items()):
        yield from ((action, path) for path in sorted({path for one in answers for path in paths(one)}))


def _steps(path: str) -> Path:
    return tuple(path.replace("[]", "").split("."))
