"""Tokens: a repetition finds the job, another request is refused, and nobody meets the tokens of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.requests import CreateDeploymentJob
from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.services.storing import token_of_person, token_of_system
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, WWW, asked_for, uploaded

#: For each field of the request another value, and whether that asks for something else.
CHANGED: dict[str, tuple[object, bool]] = {
    "CertIds": ([1], True),
    "ResourceIds": ([WWW], True),
    "Products": (["CDN"], True),
    "Accounts": (["-"], True),
    "Regions": (["-"], True),
    "Domains": (["www.*"], True),
    "Except": ({"Slots": [WWW]}, True),
    "Waves": ({"Canaries": ["one"]}, True),
    "DuringFreeze": (True, True),
    "FirstDeployment": (True, True),
    "AcceptOutage": (True, True),
    "Engine": ("cas", True),
    "Name": ("another", True),
    "ContactIds": ([1], True),
    "ScheduleTime": ("2100-01-01T00:00:00Z", True),
    "RequireApproval": (True, True),
    "By": ("alice", False),
    "Digest": ("0" * 16, False),
    "Submit": (False, False),
}
FIELDS = {str(field.alias) for field in CreateDeploymentJob.model_fields.values()}


def create(platform: Platform, new: str, **more: Any) -> Any:
    request = {"CertIds": [int(new.partition("-")[0])], "Name": "by hand", "ClientToken": "once"}
    return platform.call("create_deployment_job", {**request, **more})


def test_every_field_of_a_request_is_changed_here() -> None:
    assert CHANGED.keys() == FIELDS - {"ClientToken", "Tags"}, "tags are refused in any case"


@pytest.mark.parametrize("field", [name for name, (_, other) in CHANGED.items() if other])
def test_the_same_token_with_another_request_is_refused_and_nothing_changes(
    platform: Platform, field: str
) -> None:
    new = uploaded(platform)
    create(platform, new, Submit=False)
    platform.queue.clear()
    before = platform.jobs()

    answer = create(platform, new, **{field: CHANGED[field][0]})

    assert answer["Code"] == "InvalidParameter"
    used = f"ClientToken: it was used for another request, which made job {before[0].job_id};"
    assert answer["Message"].startswith(used)
    assert (platform.jobs(), platform.queue) == (before, [])


@pytest.mark.parametrize("field", [name for name, (_, other) in CHANGED.items() if not other])
def test_a_repetition_finds_the_job_though_a_condition_differs(platform: Platform, field: str) -> None:
    new = uploaded(platform)
    first = create(platform, new)

    again = create(platform, new, **{field: CHANGED[field][0]})

    assert again == {"Jobs": first["Jobs"], "Note": "already exists"}


def test_a_repetition_may_name_the_same_in_another_order_and_another_zone(platform: Platform) -> None:
    new = uploaded(platform)
    first = create(platform, new, ResourceIds=[WWW, IMG], ScheduleTime="2026-12-31T08:00:00+08:00")

    again = create(platform, new, ResourceIds=[IMG, WWW], ScheduleTime="2026-12-31T00:00:00Z")

    assert [job["JobId"] for job in again["Jobs"]] == [job["JobId"] for job in first["Jobs"]]


def test_a_draft_is_submitted_by_asking_for_it_again(platform: Platform) -> None:
    new = uploaded(platform)
    create(platform, new, Submit=False)
    platform.queue.clear()

    create(platform, new)

    assert platform.job().status is JobStatus.PENDING
    assert [function for function, _ in platform.queue] == ["run_deployment_jobs"]


def test_a_token_of_a_person_does_not_take_the_place_of_an_automatic_job(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    ((_, event),) = platform.queue
    platform.queue.clear()
    for kind in ("", "-UPLOAD"):
        create(platform, new, ResourceIds=[WWW], Submit=False, ClientToken=f"issued-{new}{kind}")

    platform.call("create_deployment_job", event)

    (automatic,) = [job for job in platform.jobs() if job.origin != "manual"]
    assert (automatic.origin, automatic.worker_count) == (f"issued-{new}", 4)
    assert automatic.status is JobStatus.PENDING


def test_no_text_of_a_person_is_a_token_of_the_system() -> None:
    texts = ["", "x", "system/x", "person/x", "/x", "../system/x"]
    assert {token_of_person(text) for text in texts}.isdisjoint({token_of_system(text) for text in texts})


def test_a_job_is_made_though_nobody_wakes_the_runner(platform: Platform) -> None:
    """Who asked for it is not to ask again: that would make a second one."""
    platform.missing = {"run_deployment_jobs"}

    asked_for(platform, uploaded(platform), WWW)

    assert platform.job().status is JobStatus.PENDING
    platform.missing.clear()
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS


def test_what_one_delivery_is_storing_no_other_undoes(platform: Platform) -> None:
    """It is told to come again."""
    new = uploaded(platform)
    create(platform, new, Submit=False)
    job = platform.job()
    until = platform.clock() + timedelta(seconds=60)
    begun = platform.world.jobs.save(job.evolve(storing_until=until))
    assert platform.jobs() == [], "half a job is shown"

    with pytest.raises(ConflictError, match=rf"{job.job_id} \(not complete yet\)"):
        create(platform, new, Submit=False)
    platform.tick("run_deployment_jobs")

    assert platform.world.jobs.find_begun(job.job_id) == begun
