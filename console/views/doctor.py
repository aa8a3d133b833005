"""A check-up of the installation: what works, what does not, and what to do."""

from typing import Final

from console.asking import Asked, Page
from console.kept import Found
from shared.services.doctor import Health, Mark

_ORDER: Final = (Mark.ERROR, Mark.WARNING, Mark.UNKNOWN, Mark.OK)


def doctor(asked: Asked) -> Page:
    """It asks the cloud, which takes seconds: so it is kept, as what is much to read."""

    def looked() -> Found[Health]:
        found = asked.installation.health()
        return Found(found, found.at, rows=asked.kept.small + 1)

    reading = asked.kept.read("doctor", looked, asked.patience_s)
    found = sorted(reading.value.findings, key=lambda one: _ORDER.index(one.mark))
    return Page("doctor.html", reading.value, {"findings": found}, ["doctor"], reading)
