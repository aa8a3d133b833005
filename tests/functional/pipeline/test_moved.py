"""A state that is moved to the other kind of store after a job: the job is rolled back there."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.state.portable import Export, take_in
from shared.state.sqlite import SqliteStore
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import deployed, roll_back, rolled_back_once
from tests.tablestores import new_store


@pytest.mark.long
def test_a_job_of_a_state_that_was_moved_to_tablestore_and_back_is_rolled_back(
    platform: Platform, tmp_path: Path
) -> None:
    deployed(platform)
    there, back = new_store(), SqliteStore(tmp_path / "back.db")
    take_in(there, Export(platform.store).rows(), "there")  # type: ignore[arg-type]
    platform.store = there
    roll_back(platform)
    rolled_back_once(platform)

    take_in(back, Export(there).rows(), "back")
    platform.store = back
    platform.renew(*NAMES, days=300)
    platform.tick("scan_expiry", "discover_resources", "run_deployment_jobs")
    assert platform.failures == []
    assert len(platform.jobs()) == 2, "the next certificate has no job of its own"
