"""A Tablestore that throttles, fails and loses answers, now and then: the work is done once, and as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from emulator.faults import Fault
from shared.domain.states import WorkerStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.shortened import WHOLE
from tests.tablestores import serving

#: What becomes of one request of eight, and of one row of a batch: before it is carried out, or after.
_STRUCK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("before", {"status": 503, "code": "OTSServerBusy"}),
    ("before", {"status": 409, "code": "OTSRowOperationConflict"}),
    ("before", {"drop": True}),
    ("after", {"status": 503, "code": "OTSTimeout"}),
    ("after", {"status": 500, "code": "OTSInternalServerError"}),
    ("after", {"drop": True}),
)


@pytest.fixture
def struck(kind_of_state: None, monkeypatch: pytest.MonkeyPatch, seed: int) -> Iterator[Counter[str]]:
    """What was struck how, while something is in here."""
    states.chosen["kind"] = "tablestore"
    lot, counted = Random(seed), Counter[str]()

    def take(api: str, action: str, region: str, params: Any, when: str) -> Fault | None:
        if not counted["on"] or lot.random() > 0.125:
            return None
        at, how = lot.choice(_STRUCK)
        if at != when or ("drop" in how and ".Row" in action):
            return None
        counted[f"{action} {when} {how.get('code', 'drop')}"] += 1
        return Fault(action, when=at, **how)

    monkeypatch.setattr(serving().cloud.faults, "take", take)
    yield counted
    counted["on"] = 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(12) if WHOLE else (0,))
def test_what_a_disturbed_tablestore_does_not_tell_is_found_out(
    struck: Counter[str], platform: Platform, seed: int
) -> None:
    platform.renew(*NAMES)
    struck["on"] = 1

    platform.tick("scan_expiry")

    struck["on"] = 0
    assert platform.failures == []
    assert {worker.status for worker in platform.workers().values()} == {WorkerStatus.SUCCESS}
    assert len(platform.writes()) == len(set(platform.writes())) == platform.tried().total() == 5
    assert struck.total() >= 8, "too little was struck to prove anything"
