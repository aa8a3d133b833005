"""A check-up of the installation: what works, what does not, and what to do."""

from typing import Final

from console.asking import Asked, Page
from shared.services.doctor import Mark

_ORDER: Final = (Mark.ERROR, Mark.WARNING, Mark.UNKNOWN, Mark.OK)


def doctor(asked: Asked) -> Page:
    reading = asked.looked("doctor", lambda _: asked.installation.health())
    found = sorted(reading.value.findings, key=lambda one: _ORDER.index(one.mark))
    return Page("doctor.html", reading.value, {"findings": found}, ["doctor"], reading)
