"""What is sent to the contacts holds nothing that steers or hides, whoever wrote it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from shared.domain.events import JobFinished
from shared.services.notify import notify_contacts
from shared.services.world import World
from tests.builders import a_job, a_resource, a_worker


def test_text_of_others_is_sent_as_a_person_may_see_it() -> None:
    sent: list[dict[str, Any]] = []

    def notify(notification_id: str, body: dict[str, Any]) -> bool:
        sent.append(body)
        return True

    worker = a_worker(resource=a_resource().evolve(resource_id="c/\x1b[31mshop"), reason="a\u202eb\x9bc\nd")
    world = SimpleNamespace(
        notify=notify,
        jobs=SimpleNamespace(**dict.fromkeys(("get", "find"), lambda job_id: a_job(job_id, status="error"))),
        workers=SimpleNamespace(list=lambda job_id: [worker]),
        contacts=SimpleNamespace(list=lambda: []),
        policy_texts=SimpleNamespace(find=lambda: None),
        policy=SimpleNamespace(expiring_days=()),
    )
    event = JobFinished(job_id=1)
    notify_contacts(cast(World, world), event)

    (line,) = sent[0]["Workers"]
    assert line["Slot"] == r"CDN/-/c/\u001b[31mshop"
    assert line["Reason"] == "a\\u202eb\\u009bc\nd"
