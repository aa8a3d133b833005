"""Certificates with names that are no host names, in every answer that tells of one: no slot is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.api import Raw
from emulator.server import Server
from shared.domain.resources import CloudResource
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES
from tests.shortened import shortened

pytestmark = pytest.mark.ordinary_answers("the names are told by the test itself")

NAMES = ("example.com", "*.example.com")  #: of the certificates of every case
ODD = (
    *("me@example.com", "2001:db8::7", "192.0.2.7", "spiffe://example.com/shop", "*.*.example.com"),
    *("example.com.", ".example.com", "*.com", "*.2.3.4", "²", "-", "☃.example.com", "\u202eexample.com"),
    *("a b\x1b[31m", "x" * 300),
)


def odd(value: Any, instead: str) -> Any:
    """With each name of a certificate told otherwise, alone or in a list."""
    if isinstance(value, dict):
        return {name: odd(one, instead) for name, one in value.items()}
    if isinstance(value, list):
        return [odd(one, instead) for one in value]
    if isinstance(value, str) and (names := value.split(",")) and set(map(str.strip, names)) <= set(NAMES):
        return ",".join(instead for _ in names)
    return value


@pytest.fixture
def told(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the names of certificates are told so, also by CAS."""
    execute, now = server.cloud.execute, [""]

    def executed(service: Any, call: Any) -> Any:
        answer = execute(service, call)
        if not now[0]:
            return answer
        if not isinstance(answer, Raw):
            return odd(answer, now[0])
        try:
            return replace(answer, body=json.dumps(odd(json.loads(answer.body), now[0])).encode())
        except ValueError:
            return answer

    monkeypatch.setattr(server.cloud, "execute", executed)

    def tell(instead: str) -> None:
        now[0] = instead

    return tell


def seen(bench: Bench, name: str = "") -> dict[str, CloudResource]:
    """But for a slot that is itself named as a certificate was, and is told as `name` now."""
    found = list(bench.adapter_with(seconds=5).found(bench.region))
    for one in found:
        if isinstance(one, Unread):
            assert one.what == name
            assert "not understood" not in str(one.error)
    return {
        one.slot: one for one in found if isinstance(one, CloudResource) and own(one) not in (*NAMES, name)
    }


def own(slot: CloudResource) -> str:
    return slot.resource_id.rpartition("/")[2]


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_name_of_a_certificate_costs_a_slot(
    server: Server, case: Any, told: Callable[[str], None]
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    before = seen(bench)
    new = bench.certificate("new")
    for name in shortened(ODD, every=5):
        told(name)
        after = seen(bench, name)
        assert set(after) == {slot for slot, one in before.items() if own(one) != name}, name
        for slot in after.values():
            assert name not in slot.domains
            bench.adapter_with(seconds=5).adapter.look([Change(slot, new)])
        told("")
