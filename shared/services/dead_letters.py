"""Dead letters: asynchronous invocations that failed for good are kept until somebody has dealt with them."""

import json
import logging
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Final

from shared.cloud.redact import redact
from shared.domain.dead_letters import DeadLetter, FailedInvocation
from shared.domain.values import Wire
from shared.errors import ConflictError
from shared.services.world import World
from shared.validation.requests import one_line

log = logging.getLogger("certdeploy.dead_letters")
_LONGEST: Final = 131_072  #: characters of a payload: as many bytes are the platform's limit


class Recorded(Wire):
    name: str


def record(world: World, failed: FailedInvocation) -> Recorded:
    """Keep it, once, however often it is told."""
    letter = _letter(world, failed)
    with suppress(ConflictError):  # told before
        world.dead_letters.save(letter)
        log.error(
            "an invocation was given up",
            extra={"given_up": letter.function, "reason": f"{letter.error_type}: {letter.error_message}"},
        )
    return Recorded(name=letter.name)


def _letter(world: World, failed: FailedInvocation) -> DeadLetter:
    told, answered = failed.request_context, _answer(failed.response_payload)
    return DeadLetter(
        request_id=one_line(told.request_id) or "-",
        function=one_line(told.function_arn.rpartition("functions/")[2].partition("/")[0]),
        payload=_text(failed.request_payload)[:_LONGEST],
        error_type=one_line(str(answered.get("errorType") or failed.response_context.function_error)),
        error_message=one_line(redact(str(answered.get("errorMessage") or ""))),
        condition=one_line(told.condition),
        tries=told.approximate_invoke_count,
        failed_at=_moment(failed.timestamp) or world.clock(),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp((milliseconds or 0) / 1000, timezone.utc) if milliseconds else None
    return None


def _text(payload: Any) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)


def _answer(payload: Any) -> dict[str, Any]:
    """What the function answered last; empty if nobody understands it."""
    if isinstance(payload, str):
        with suppress(ValueError, RecursionError):
            payload = json.loads(payload)
    return payload if isinstance(payload, dict) else {}
