"""A draft of the system is made once, wherever its function is killed, and whatever comes between."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from shared.domain.states import JobStatus
from shared.state.tables import CERTIFICATES, JOBS, LEASES, OPEN_JOBS, WORKERS
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import TIMEOUT_S, Platform
from tests.functional.pipeline.stories import policies
from tests.meddling import Cut
from tests.remembering import Remembering
from tests.shortened import WHOLE
from tests.turns import Choose, Turns, in_every_order

KILLED_AT = (CERTIFICATES, JOBS, *((LEASES, OPEN_JOBS, WORKERS) if WHOLE else ()))  #: operations on these
OTHER_NAMES = ("example.org", "*.example.org")


def drafted(platform: Platform) -> Counter[str]:
    """How many drafts there are for each slot."""
    world = platform.world
    drafts = [job for job in world.jobs.list() if job.status is JobStatus.EDITING]
    assert len(drafts) == len(platform.jobs()), "nothing but drafts"
    return Counter(w.resource.slot for job in drafts for w in world.workers.list(job.job_id))


@pytest.mark.long
def test_killed_anywhere_a_draft_is_made_once_though_another_certificate_comes_between(
    platform: Platform, tmp_path: Path
) -> None:
    policies(platform, deploy="draft")
    platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    ((name, event),) = platform.queue
    rows = Remembering.copy_of(tmp_path / "state.db")
    platform.renew(*OTHER_NAMES)
    whole: set[frozenset[tuple[str, int]]] = set()

    def run(choose: Choose) -> None:
        turns, own = Turns(choose), rows.again()
        platform.queue.clear()
        platform.store = turns.pausing(own, KILLED_AT)
        began = platform.clock()
        (end,) = turns.run(lambda: platform.call(name, event))
        assert end is None or isinstance(end, Cut)
        platform.store = own
        platform.clock.sleep(TIMEOUT_S + 11)
        platform.tick("run_deployment_jobs", "scan_expiry", "scan_expiry")
        platform.clock.sleep((began - platform.clock()).total_seconds())
        found = drafted(platform)
        assert set(found.values()) == {1}, found
        whole.add(frozenset(found.items()))

    assert in_every_order(run, switches=0, kills=1) > 5
    (slots,) = whole
    assert len(slots) > len(NAMES + OTHER_NAMES), "both are drafted, for each slot"
