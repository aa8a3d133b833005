"""Contacts of an installation, each with robots in rooms of chat services, and what those were told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.domain.contacts import Delivery, of_job
from tests.chats import Chats
from tests.functional.pipeline.platform import Platform

Add = Callable[..., int]
NAMES = ("example.com", "*.example.com")
#: A certificate that CAS does not know, and one that it has nothing else for.
ENDING: dict[str, Any] = {
    "certificates": {
        "own": {"names": ["example.org"], "key": "ecdsa-p256", "days": 5, "in_cas": False},
        "old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40},
    },
    "cdn": [
        {"domain": "example.org", "certificate": "own"},
        {"domain": "www.example.com", "certificate": "old"},
    ],
}


def adding(platform: Platform, chats: Chats, folder: Path) -> Add:
    def add(*services: str, default: bool = True, language: str = "en", **more: Any) -> int:
        channels = []
        for service in services:
            file = folder / f"{service}-url"
            file.write_text(f"{chats.url(service)}\n")
            channels.append({"Kind": service, "Url": f"file:{file}"})
        asked = {"Name": "-".join(services), "Default": default, "Language": language, "Channels": channels}
        answer = platform.call("manage_contacts", {"Add": {**asked, **more}})
        return int(answer["Contacts"][0]["ContactId"])

    return add


def texts(chats: Chats) -> dict[str, list[str]]:
    """What was accepted since the last time, by service."""
    found: dict[str, list[str]] = {}
    for post in chats.take():
        found.setdefault(post.service, []).append(post.text)
    return found


def deliveries(platform: Platform) -> dict[str, Delivery]:
    """Of the only job, by the kind of channel."""
    found = platform.world.deliveries.list(of_job(platform.job().job_id))
    return {delivery.channel.partition("-")[0]: delivery for delivery in found}


def minutes_pass(platform: Platform, count: int, every_s: float = 60) -> None:
    """With the timer that looks after what was put off."""
    for _ in range(count):
        platform.clock.sleep(every_s)
        platform.tick("run_deployment_jobs")


def still_open(platform: Platform) -> list[str]:
    return [one.notification_id for one in platform.world.notifications.opened()]


def renewed(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
