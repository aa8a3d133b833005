"""What is sent to the contacts holds nothing that steers or hides, whoever wrote it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from shared.domain.events import SlotsExpiring
from shared.services.notify import notify_contacts
from shared.services.world import World
from tests.builders import NOW


def test_text_of_others_is_sent_as_a_person_may_see_it() -> None:
    sent: list[dict[str, Any]] = []

    def notify(notification_id: str, body: dict[str, Any]) -> bool:
        sent.append(body)
        return True

    event = SlotsExpiring.about(
        ["CDN/-/\u202egpj.example.com", "ACK/-/c/\x1b[31mshop"],
        cert_identifier="sha256:00",
        not_after=NOW,
        days_left=3,
        threshold_days=7,
    )
    notify_contacts(cast(World, SimpleNamespace(notify=notify)), event)

    assert sent[0]["Slots"] == [r"CDN/-/\u202egpj.example.com", r"ACK/-/c/\u001b[31mshop"]
