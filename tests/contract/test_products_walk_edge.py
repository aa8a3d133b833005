"""The edge products: whatever one field of one row tells instead, the others go on, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudResource
from shared.errors import CloudError
from shared.products import adapter_class
from shared.products.kit.changes import Carries, Change
from shared.products.kit.found import Unread
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.walk import INSTEAD, Path, holds_rows, paths, replaced, told_by
from tests.contract.watch import watching
from tests.shortened import shortened

pytestmark = pytest.mark.ordinary_answers("each field is told otherwise by the test itself")

#: By which what holds slots is named, or told to speak TLS: with another word it is none of ours.
NAMES = ("ResourceInstanceId", "CloudResourceId", "Protocol")
WALKED = [c for c in CASES if c.product.value in ("CDN", "DCDN", "VOD", "LIVE", "DDOS", "WAF", "ESA")]


def rows(asked: Callable[[Case], Iterable[str]]) -> list[Any]:
    return shortened(
        pytest.param(case, action, instead, id=f"{case.name}-{action}-{instead.replace(' ', '-')}")
        for case in WALKED
        for action in asked(case)
        for instead in INSTEAD
    )


def asking(case: Case) -> list[str]:
    return [action.name for action in adapter_class(case.product).actions.values() if not action.writes]


def found(bench: Bench, case: Case) -> tuple[dict[str, CloudResource], list[Unread], CloudError | None]:
    """What discovery finds, and why it ended before its end."""
    slots, unread, error = told_by(new_adapter(bench).found(case.region))
    return {slot.slot: slot for slot in slots}, unread, error


def holders(slots: dict[str, CloudResource]) -> set[str]:
    """What is read, or is not, as one: a slot, or those of the ports of an instance."""
    return {slot.instance_name if slot.kind == "port" else name for name, slot in slots.items()}


def answers(action: str, ask: Callable[[], object]) -> tuple[list[Any], list[Path]]:
    """Those of an action while something is asked, and the fields that are read from them."""
    with pytest.MonkeyPatch.context() as patch:
        watch = watching(patch)
        ask()
    told = watch.answers.get(action, [])
    read = {path.replace("[]", "") for path in watch.read.get(action, ())}
    there = dict.fromkeys(path for answer in told for path in paths(answer))
    return told, [path for path in there if ".".join(path) in read]


@pytest.mark.long
@pytest.mark.parametrize(("case", "action", "instead"), rows(lambda case: (*case.reads, *case.reads_within)))
def test_one_field_told_otherwise_hides_no_slot_unsaid(
    server: Server, case: Case, action: str, instead: str
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    before, unread, ended = found(bench, case)
    assert before
    assert (unread, ended) == ([], None)
    told, read = answers(action, lambda: found(bench, case))
    assert read

    for path in read:
        with pytest.MonkeyPatch.context() as patch:
            edit(patch, bench.cloud, action, lambda answer, p=path: replaced(answer, p, INSTEAD[instead]))
            slots, unread, ended = found(bench, case)
        rows = any(holds_rows(answer, path) for answer in told)
        empty = rows and instead in ("absent", "null", "empty")  # a list that is not told has no rows
        another = path[-1] in NAMES and instead == "a new word"
        whole = any(one.what.startswith("kind ") for one in unread)  # and what is of it
        assert (
            empty or ended or whole or another or len(holders(slots)) + len(unread) >= len(holders(before))
        ), path
        assert not ended or len(path) == 1 or rows, (path, ended)


@pytest.mark.long
@pytest.mark.parametrize(("case", "action", "instead"), rows(asking))
def test_a_look_at_one_field_told_otherwise_tells_or_ends_as_an_error_of_the_cloud(
    server: Server, case: Case, action: str, instead: str
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    change = Change(bench.slot(case.slot), bench.certificate("new"), begun=True)
    _, read = answers(action, lambda: new_adapter(bench).look([change]))

    for path in read:
        with pytest.MonkeyPatch.context() as patch:
            edit(patch, bench.cloud, action, lambda answer, p=path: replaced(answer, p, INSTEAD[instead]))
            with suppress(CloudError):
                (look,) = new_adapter(bench).look([change])
                assert look is None or look.carries is not Carries.WANTED, path


def new_adapter(bench: Bench) -> Any:
    """One that remembers nothing."""
    return bench.adapter_with(seconds=1, page_size=min(50, adapter_class(bench.product).page_size))
