"""Waves of a new job as people ask for them, on the command line or in a form."""

from collections.abc import Sequence
from typing import Any

from shared.errors import InvalidRequestError
from shared.validation.spans import minutes_of, percent_of


def asked_waves(
    canaries: Sequence[str],
    pause: str | None,
    approval: bool,
    halt_at: str | None,
    none: bool,
    *,
    mark: str = "--",
) -> dict[str, Any]:
    """As the field of CreateDeploymentJob is sent; nothing where nothing is said.

    `mark`: how the names of what is said begin, for the messages.

    Raises:
        InvalidRequestError: what is said is wrong, or contradicts itself.
    """
    said = {"pause": pause is not None, "approval": approval, "halt-at": halt_at is not None}
    given = [mark + name for name, one in said.items() if one]
    if none and (canaries or given):
        others = ", ".join([f"{mark}canary"] * bool(canaries) + given)
        raise InvalidRequestError(f"{mark}no-waves and {others}: choose one of them")
    if given and not canaries:
        raise InvalidRequestError(f"{given[0]}: there are no waves without {mark}canary")
    if none:
        return {"Waves": {"Canaries": []}}
    if not canaries:
        return {}
    return {
        "Waves": {
            "Canaries": list(canaries),
            "PauseMinutes": 0.0 if pause is None else minutes_of(pause, f"{mark}pause"),
            "Approval": approval,
            "HaltAtPercent": 0.0 if halt_at is None else percent_of(halt_at, f"{mark}halt-at"),
        }
    }
