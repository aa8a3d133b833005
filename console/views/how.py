"""How a new job is done: waves, freeze windows, approval; said in a form, under the command line's names."""

from datetime import datetime
from typing import Any, Final

from console.asking import Asked
from console.commands import options
from shared.domain.waves import AskedWaves
from shared.services.freezing import frozen_at, told
from shared.validation.waves import asked_waves

_WORDS: Final = ("canary", "pause", "halt-at")
_FLAGS: Final = {
    "approval": "--approval",
    "no-waves": "--no-waves",
    "freeze": "--during-freeze",
    "second": "--require-approval",
}
FIELDS: Final = (*_WORDS, *_FLAGS)
_OF_WAVES: Final = (*_WORDS, "approval")


def request(asked: Asked) -> dict[str, Any]:
    """What is beside the plan, as CreateDeploymentJob is sent."""
    return {
        "DuringFreeze": bool(asked.one("freeze")),
        "RequireApproval": bool(asked.one("second")),
    }


def waves(asked: Asked) -> dict[str, Any]:
    """As the field of a request is sent; nothing where nothing is said. Raises InvalidRequestError."""
    return asked_waves(
        asked.words("canary"),
        asked.one("pause") or None,
        bool(asked.one("approval")),
        asked.one("halt-at") or None,
        bool(asked.one("no-waves")),
        mark="",
    )


def said_of(waves: AskedWaves | None) -> dict[str, str]:
    """Of a job, as the fields of a form say them."""
    if waves is None:
        return {}
    return {
        "canary": " ".join(waves.canaries),
        "pause": f"{waves.pause_minutes:g}m" if waves.pause_minutes else "",
        "halt-at": f"{waves.halt_at_percent:g}%" if waves.halt_at_percent else "",
        "approval": "1" if waves.approval else "",
    }


def other_waves(asked: Asked) -> dict[str, Any]:
    """Of a form that `said_of` filled, as `waves`, if they are others. None left: all at once."""
    now = {name: " ".join(asked.words(name)) for name in _OF_WAVES}
    if all(now[name] == asked.one(f"{name}-before") for name in _OF_WAVES):
        return {}
    return waves(asked) or {"Waves": {"Canaries": []}}


def waves_command(asked: Asked) -> list[str]:
    """Of an edit: the options for what `other_waves` tells."""
    if not (other := other_waves(asked)):
        return []
    if not other["Waves"]["Canaries"]:
        return ["--no-waves"]
    return [
        *(word for name in _WORDS for word in options(f"--{name}", asked.words(name))),
        *(["--approval"] if asked.one("approval") else []),
    ]


def command(asked: Asked) -> list[str]:
    return [
        *(word for name in _WORDS for word in options(f"--{name}", asked.words(name))),
        *(option for name, option in _FLAGS.items() if asked.one(name)),
    ]


def frozen(asked: Asked) -> str | None:
    """Until when changes are frozen at the time of the job, if they are."""
    window = frozen_at(asked.world, _moment(asked) or asked.world.clock())
    return told(window) if window else None


def _moment(asked: Asked) -> datetime | None:
    """Of the job. What is no moment is told when the job is created."""
    try:
        at = datetime.fromisoformat(asked.one("at").replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else None
