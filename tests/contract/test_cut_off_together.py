"""Several slots of one writer, exchanged by one job: a function dies after any write, the next one ends well.

What the job did to one of them, before the other was proved, is no loss of that other's settings.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Final

import pytest

from emulator.server import Server
from shared.domain.resources import CloudResource
from shared.domain.states import WorkerStatus
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.working import a_world, carry_out_all, planned
from tests.killing import Killing
from tests.meddling import Cut
from tests.shortened import shortened

_WANTED: Final = {"old": "new", "second": "new", "other": "other-too"}  #: by what is in place
_MOST: Final = 3  #: slots
#: Of the cases whose accounts have several slots of one writer, one for each such writer.
_TOGETHER: Final = (
    *("ACK-albconfig", "ALB-default", "GA-default", "NLB-default"),
    *("PAI", "SAE-alb", "SLB-extension", "WAF-port"),
)


def _slots(bench: Bench, case: Case) -> list[CloudResource]:
    """Those of the writer of the case's slot."""
    found = {label: bench.slot(label) for label, name in case.carried.items() if name in _WANTED}
    writer = found[case.slot].writer
    return [slot for slot in found.values() if slot.writer == writer and not slot.obstacle][:_MOST]


def _name(bench: Bench, slot: CloudResource) -> str:
    """Of the certificate that it is to get."""
    return _WANTED[bench.name_of(slot.cert_identifier)]


@pytest.mark.parametrize(
    "case", shortened(c for c in CASES if c.name in _TOGETHER), ids=lambda case: case.name
)
def test_killed_after_any_write_all_slots_of_a_writer_are_exchanged(
    case: Case, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killing = Killing(monkeypatch)
    slots: list[CloudResource] = []
    for at in count(1):
        killing.begins()
        bench = new_bench(server, case.product, case.estate, case.region)
        bench.adapter = bench.adapter_with(seconds=0, page_size=50)
        slots = slots or _slots(bench, case)
        world = a_world(bench, server, tmp_path / f"{at}.db")
        for number, slot in enumerate(slots, start=1):
            planned(world, slot, bench.estate.identifier(_name(bench, slot)), number)
        killing.begins(at)
        try:
            carry_out_all(world, bench.adapter.adapter)
        except Cut:
            world.sleep(100)  # its lease runs out
        else:
            assert at > 1, "it was cut off nowhere"
            return
        killing.begins()

        workers = carry_out_all(world, bench.adapter_with(seconds=0).adapter)

        reasons = [worker.reason for worker in workers]
        assert {worker.status for worker in workers} == {WorkerStatus.SUCCESS}, (at, reasons)
        assert len(workers) > 1
