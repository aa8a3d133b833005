"""What happens to a job in waves, for the stories of several files."""

from __future__ import annotations

from typing import Any

from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import asked_for, uploaded

ONE = {"Canaries": ["one"]}
APPROVED = {**ONE, "Approval": True}


def in_waves(platform: Platform, waves: dict[str, Any], **more: Any) -> Platform:
    """A job on four slots; what follows by itself is done, but for what the timer has to wake."""
    asked_for(platform, uploaded(platform), Waves=waves, **more)
    platform.drain()
    platform.tick("run_deployment_jobs")
    return platform


def let_go_on(platform: Platform, **more: Any) -> Any:
    return platform.call("manage_deployment_jobs", {"Continue": {"JobId": platform.job().job_id, **more}})


def go_on(platform: Platform, **more: Any) -> Any:
    answer = let_go_on(platform, **more)
    platform.drain()
    return answer


def deliver(platform: Platform, function: str) -> None:
    """The first invocation of it that waits."""
    call = next(call for call in platform.queue if call[0] == function)
    platform.queue.remove(call)
    platform.deliver(*call)


def shown(platform: Platform) -> list[tuple[int, str]]:
    answer = platform.call("manage_deployment_jobs", {"Show": {"JobId": platform.job().job_id}})
    return [(wave["Slots"], wave["State"]) for wave in answer["Waves"]]


def by_wave(platform: Platform) -> list[set[str]]:
    found = platform.workers()
    last = max(worker.wave for worker in found.values())
    return [{slot for slot, one in found.items() if one.wave == number} for number in range(last + 1)]
