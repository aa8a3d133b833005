"""Policies say which engine writes a slot, where its job does not."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.engines import Engine
from shared.domain.policies import Policies
from shared.services.policy_effects import effects_of
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import policies, uploaded

BY_CAS: dict[str, Any] = {"match": {"product": "CDN"}, "engine": "cas"}


def engines(platform: Platform) -> dict[Engine, set[str]]:
    """Slots by the engine of their job."""
    return {
        job.engine: {worker.resource.product.value for worker in platform.world.workers.list(job.job_id)}
        for job in platform.jobs()
    }


def preview(platform: Platform, new: str, **asked: Any) -> Any:
    request = {"CertIds": [int(new.partition("-")[0])], **asked}
    return platform.call("manage_deployment_jobs", {"Preview": request})


def test_an_automatic_plan_makes_a_job_for_each_engine(platform: Platform) -> None:
    policies(platform, BY_CAS, {"match": {"product": "OSS"}, "deploy": "draft"})
    platform.renew(*NAMES)
    platform.lost = {"run_deployment_jobs"}
    platform.call("scan_expiry", {})
    platform.drain(until="run_")

    assert engines(platform)[Engine.CAS] == {"CDN"}
    assert sorted(job.engine for job in platform.jobs()) == ["cas", "direct", "direct"]
    before = {job.job_id for job in platform.jobs()}
    platform.call("scan_expiry", {})
    platform.drain(until="run_")
    assert {job.job_id for job in platform.jobs()} == before, "a second delivery makes no others"


def test_what_is_asked_for_counts_before_policies_and_these_before_the_setting(platform: Platform) -> None:
    new = uploaded(platform)
    policies(platform, engine="cas")
    assert preview(platform, new)["Plan"]["Engine"] == "cas"
    assert preview(platform, new, Engine="direct")["Plan"]["Engine"] == "direct"
    platform.policy["engine"] = Engine.CAS
    policies(platform, engine="direct")
    assert preview(platform, new)["Plan"]["Engine"] == "direct"
    policies(platform)
    assert preview(platform, new)["Plan"]["Engine"] == "cas"


def test_a_job_by_hand_over_slots_of_both_engines_is_refused_until_one_is_named(platform: Platform) -> None:
    new = uploaded(platform)
    policies(platform, BY_CAS)

    refused = preview(platform, new)

    assert refused["Code"] == "InvalidParameter"
    assert refused["Message"] == (
        "Engine: by the policies 1 of its slots are written by cas and 3 directly;"
        " name one engine for all, or make a job for each"
    )
    assert preview(platform, new, Engine="cas")["Plan"]["Engine"] == "cas"
    assert preview(platform, new, Products=["CDN"])["Plan"]["Engine"] == "cas"
    assert preview(platform, new, Products=["ALB", "OSS"])["Plan"]["Engine"] == "direct"


@pytest.mark.parametrize(("setting", "noted"), [(Engine.DIRECT, True), (Engine.CAS, False)])
def test_a_policy_whose_engine_no_role_may_use_is_noted(
    platform: Platform, setting: Engine, noted: bool
) -> None:
    platform.policy["engine"] = setting
    effects = effects_of(platform.world, Policies.model_validate({"rules": [BY_CAS]}))
    assert any("policy rule 1 has CAS write" in one for one in effects.warnings) is noted
    assert effects.counts["engine"] == 3
    assert {one.what for one in effects.set_apart} == {"engine cas"}
    assert effects.rules[0].sets == "engine: cas"
