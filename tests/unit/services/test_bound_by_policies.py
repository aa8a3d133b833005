"""An automatic job at work keeps to the policies as they are by now."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import HalfMade, WorkerResource
from shared.errors import SupersededError
from shared.products.kit.changes import Carries, Change, Look
from shared.services.deploy import kinds_of
from shared.services.policies import PoliciesByNow, store_policies
from shared.services.world import World
from shared.services.writer import Attempt
from tests.builders import NOW, a_certificate, a_job, a_resource, a_worker
from tests.worlds import a_world

OFF = "rules: [{match: {certificate: cert-1}, deploy: off}]"


def world_at(tmp_path: Path) -> World:
    return a_world(tmp_path, certificates=[a_certificate(1), a_certificate(7)], slots=[a_resource()])


def about_to_write(world: World, worker: WorkerResource, origin: str = "issued-7", **look: Any) -> None:
    """What is remembered before a write. Raises SupersededError if it is not to be made."""
    world.workers.add([worker])
    (stored,) = world.workers.list(worker.job_id)
    change = Change(worker.resource, a_certificate(7), begun=True, half_made=worker.half_made)
    seen = Look(look.get("carries", Carries.EXPECTED), worker.resource)
    kinds_of(world, a_job(origin=origin))(worker).remember(Attempt(world, stored, {}), change, seen)


def test_a_policy_stops_what_has_not_been_begun_by_the_certificate_in_place_too(tmp_path: Path) -> None:
    world = world_at(tmp_path)
    store_policies(world, OFF, version=0)

    with pytest.raises(SupersededError, match=r"^policy rule 1 says off since the job was planned$"):
        about_to_write(world, a_worker())


@pytest.mark.parametrize(
    ("worker", "others"),
    [
        (a_worker(half_made=(HalfMade.FREED,)), {}),
        (a_worker(), {"carries": Carries.BETWEEN}),
        (a_worker(), {"origin": "manual"}),
    ],
    ids=["half made", "our own change, half made", "by hand"],
)
def test_what_is_half_made_goes_on_and_so_does_what_a_person_asked_for(
    tmp_path: Path, worker: WorkerResource, others: dict[str, Any]
) -> None:
    world = world_at(tmp_path)
    store_policies(world, OFF, version=0)

    about_to_write(world, worker, **others)

    (stored,) = world.workers.list(worker.job_id)
    assert stored.previous_cert_identifier == "1-cn-hangzhou"


def test_policies_are_read_anew_after_seconds_and_not_for_each_worker(tmp_path: Path) -> None:
    now: list[datetime] = [NOW]
    world = world_at(tmp_path)
    vars(world)["clock"] = lambda: now[0]
    policies = PoliciesByNow(world)
    assert policies.why_not(a_worker()) == ""
    store_policies(world, OFF, version=0)

    found = []
    for seconds in (4, 5):
        now[0] = NOW + timedelta(seconds=seconds)
        found.append(policies.why_not(a_worker()))

    assert found == ["", "policy rule 1 says off"]
