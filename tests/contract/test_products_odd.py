"""Every field of every answer, left out, null, empty, of another type or an unknown word: one of a few ends.

A discovery finds slots, or tells what it cannot read; a look tells of a slot, that it is gone, or an error of
the cloud. Nothing else is ever raised.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

import pytest

from emulator.server import Server
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.errors import CloudError
from shared.products.kit.changes import Change
from shared.products.kit.found import Found, Unread
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES
from tests.contract.store import stored
from tests.shortened import shortened

pytestmark = pytest.mark.ordinary_answers("each field is told otherwise by the test itself")

NAMES = ("ACK-secret", "APIGateway-classic", "APIGateway-cloud-native", "FC-3.0", "FC-2.0", "MSE", "PAI")
ODD: dict[str, Any] = {
    "null": None,
    "empty": "",
    "list": [7],
    "object": {"odd": 1},
    "word": "odd",
    "no name": "a..b",
}
Place = tuple[str, tuple[str | int, ...]]  #: an action, and the way to a field of its answer


def places(action: str, value: Any, way: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Of a list, its first row is enough."""
    if way:
        yield action, way
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for name, one in inner:
        yield from places(action, one, (*way, name))


def put(answer: Any, way: tuple[str | int, ...], how: str) -> None:
    *before, last = way
    for step in before:
        answer = answer[step]
    if how == "absent":
        del answer[last]
    else:
        answer[last] = copy.deepcopy(ODD[how])


@pytest.mark.long
@pytest.mark.parametrize(("name", "how"), shortened(product(NAMES, ("absent", *ODD))))
def test_no_answer_ends_in_anything_but_slots_unread_parts_or_an_error_of_the_cloud(
    server: Server, name: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(case for case in CASES if case.name == name)
    estate = {**case.estate, **({"ack": case.estate["ack"][:1]} if "ack" in case.estate else {})}
    bench = new_bench(server, case.product, estate, case.region)
    slot, new = stored(bench, case), bench.certificate("new")
    told: dict[str, dict[str, Any]] = {}
    now: list[Place] = []
    replay: dict[str, Fields] = {}
    call = OpenApi.call

    def asked(self: OpenApi, api: Any, action: Any, *arguments: Any, **options: Any) -> Fields:
        """As the first time: what is asked does not change, so that no call is made twice."""
        called = f"{api.code}.{action.name}"  # 2.0 and 3.0 of FC have actions of one name
        key = f"{called} {arguments} {options}"
        if key not in replay:
            replay[key] = call(self, api, action, *arguments, **options)
        answer = replay[key]
        if api.code == "cas":
            return answer
        told.setdefault(called, dict(answer))
        if now and now[0][0] == called:
            changed = copy.deepcopy(_plain(answer))
            try:
                put(changed, now[0][1], how)
            except (LookupError, TypeError):
                return answer
            return Fields(changed, answer.source)
        return answer

    monkeypatch.setattr(OpenApi, "call", asked)
    _both(bench, slot, new)
    every = [place for action, answer in told.items() for place in places(action, _plain(answer))]
    assert every
    for place in every:
        now[:] = [place]
        try:
            _both(bench, slot, new)
        except CloudError:
            pass
        except Exception as error:
            pytest.fail(f"{place}, {how}: {type(error).__name__}: {error}")


def _both(bench: Bench, slot: Any, new: Any) -> None:
    adapter = bench.adapter_with(seconds=1)
    failures: list[CloudError] = []
    for step in _steps(adapter, bench.region, slot, new):
        try:
            step()
        except CloudError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _steps(adapter: Any, region: str, slot: Any, new: Any) -> list[Callable[[], object]]:
    return [
        adapter.regions,
        lambda: _understood(adapter.found(region)),
        lambda: adapter.adapter.look([Change(slot, new)]),
        lambda: adapter.adapter.look([Change(slot, new, begun=True)]),
    ]


def _understood(found: Iterable[Found]) -> None:
    """What cannot be read says which field it is."""
    for one in found:
        assert not (isinstance(one, Unread) and "not understood" in str(one.error)), one


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
