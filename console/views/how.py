"""How a new job is done: waves, freeze windows, approval; said in a form, under the command line's names."""

from datetime import datetime
from typing import Any, Final

from console.asking import Asked
from console.commands import options
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


def request(asked: Asked) -> dict[str, Any]:
    """These fields as CreateDeploymentJob is sent. Raises InvalidRequestError."""
    waves = asked_waves(
        asked.words("canary"),
        asked.one("pause") or None,
        bool(asked.one("approval")),
        asked.one("halt-at") or None,
        bool(asked.one("no-waves")),
        mark="",
    )
    return {
        **waves,
        "DuringFreeze": bool(asked.one("freeze")),
        "RequireApproval": bool(asked.one("second")),
    }


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
