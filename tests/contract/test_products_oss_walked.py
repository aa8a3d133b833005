"""OSS: whatever an element of an answer says, no domain is lost without a word, and nothing breaks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.found import Unread
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES
from tests.contract.walk import told_by
from tests.contract.walk_xml import INSTEAD, Path, paths, plain, replaced
from tests.shortened import shortened

pytestmark = pytest.mark.ordinary_answers("each element is told otherwise by the test itself")

OSS = next(case for case in CASES if case.product is CloudProduct.OSS)
ACTIONS = ("ListBuckets", "ListCname")
#: Elements that say by themselves that there is nothing (more), and what stands for another bucket or domain.
SILENT = {"Buckets", "Buckets/Bucket", "Cname"}
NAMES = ("Name", "Domain", "Region", "Location")


class Answers:
    """What the emulated cloud answers, with a change of one element."""

    def __init__(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.change: tuple[str, Path, str] | None = None
        self.told: dict[str, list[Path]] = {action: [] for action in ACTIONS}
        execute = bench.cloud.execute

        def executed(service: Any, call: Any) -> Any:
            answer = execute(service, call)
            if call.action not in ACTIONS:
                return answer
            found = paths(answer.body)
            self.told[call.action] += [path for path in found if path not in self.told[call.action]]
            if self.change and self.change[0] == call.action:
                return replace(answer, body=replaced(answer.body, *self.change[1:]))
            return answer

        monkeypatch.setattr(bench.cloud, "execute", executed)


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, OSS.product, OSS.estate)


def found(bench: Bench) -> tuple[dict[str, CloudResource], list[Unread], CloudError | None]:
    slots, unread, error = told_by(bench.adapter_with(seconds=5, page_size=50).found(""))
    return {slot.slot: slot for slot in slots}, unread, error


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("how", shortened(INSTEAD, every=2))
def test_an_element_that_is_told_otherwise_costs_no_domain_without_a_word(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, how: str, action: str
) -> None:
    answers = Answers(bench, monkeypatch)
    whole, unread, error = found(bench)
    assert (len(whole), unread, error) == (len(OSS.carried), [], None)
    assert len(answers.told[action]) > 5

    for path in list(answers.told[action]):
        answers.change = action, path, how
        slots, unread, error = found(bench)
        lost = whole.keys() - slots.keys()
        another = path[-1] in NAMES and how in ("a new word", "twice")
        assert not [one for one in unread if "not understood" in str(one.error)], path
        silent = plain(path) in SILENT and how in ("absent", "empty")
        assert not lost or unread or error or another or silent, (path, lost)


@pytest.mark.parametrize("how", INSTEAD)
def test_a_look_at_what_is_told_otherwise_is_no_success(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    slot, new = bench.slot(OSS.slot), bench.certificate("new")
    answers = Answers(bench, monkeypatch)

    def looks() -> list[Carries]:
        """Before and after a change."""
        changes = [Change(slot, new, begun=begun) for begun in (False, True)]
        told = [look for one in changes for look in bench.adapter_with(seconds=5).look([one])]
        return [look.carries for look in told if look is not None]

    assert looks() == [Carries.EXPECTED] * 2
    for path in list(answers.told["ListCname"]):
        answers.change = "ListCname", path, how
        with suppress(CloudError):
            assert Carries.WANTED not in looks(), path
