"""The decorator of handlers: bytes in, one typed request or event, one call, JSON out.

A function accepts three kinds of payload: a CloudEvent of a declared type, a timer event whose payload
is a request, or the request itself (manual). An invalid payload is logged as an error and dropped, since
redelivery cannot help. Any other failure is raised, and Function Compute retries.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from shared import imported
from shared.domain.events import CloudEvent, EventData
from shared.errors import (
    AppError,
    InvalidRequestError,
    InvalidTransitionError,
    NotFoundError,
    PlanChangedError,
)
from shared.runtime.app import App
from shared.runtime.log import configure, log_context
from shared.validation.requests import one_line, parse, read_json

log = logging.getLogger("certdeploy.function")
_FINAL = (InvalidRequestError, InvalidTransitionError, NotFoundError, PlanChangedError)
_ABOUT = ("job_id", "product", "shard", "cert_identifier")

Body = Callable[[Any, App], BaseModel]
Handler = Callable[[bytes, Any], str]


@dataclass(frozen=True)
class Invocation:
    """One call of a handler and its App. A caller in this process passes it as the context."""

    request_id: str
    function: str  #: its full name, such as "certdeploy-scan_expiry"
    app: Callable[[], App]

    @classmethod
    def of(cls, context: Any) -> "Invocation":
        """`context`: Function Compute's, or an Invocation."""
        if isinstance(context, Invocation):
            return context
        return cls(context.request_id, context.function.name, lambda: App.of(context))


def function(request: type[BaseModel] | None = None, *events: type[EventData]) -> Callable[[Body], Handler]:
    """Turn `body(message, app)` into a handler for `request` and for CloudEvents of the types in `events`."""
    by_type = {event.type: event for event in events}

    def decorate(body: Body) -> Handler:
        def handler(event: bytes, context: Any) -> str:
            configure(others=not isinstance(context, Invocation))
            facts: dict[str, object] = {}
            invocation = Invocation.of(context)
            with log_context(request_id=invocation.request_id, function=invocation.function):
                try:
                    message, facts = _message(event, request, by_type)
                    with log_context(**facts):
                        return _json(body(message, invocation.app()))
                except _FINAL as error:
                    told = one_line(str(error))
                    log.error("event was refused", extra={**facts, "code": error.code, "reason": told})
                    return json.dumps({"Code": error.code, "Message": told})
                except AppError as error:
                    log.warning("function failed", extra={**facts, "code": error.code, "reason": str(error)})
                    raise
                except Exception as error:
                    log.exception("function failed unexpectedly", extra=facts)
                    reason = f"internal error: {type(error).__name__}; the log has the details"
                raise AppError(reason)  # out here: the platform prints an exception with its context

        imported()  # all that the function's module needs, and this is the last of it
        return handler

    return decorate


def _message(
    payload: bytes, request: type[BaseModel] | None, by_type: Mapping[str, type[EventData]]
) -> tuple[BaseModel, dict[str, object]]:
    data = read_json(payload or b"{}")
    if isinstance(data, list) and len(data) == 1:
        (data,) = data  # EventBridge in streaming mode sends a batch of one
    if isinstance(data, Mapping) and "specversion" in data:
        envelope = parse(CloudEvent, data)
        facts: dict[str, object] = {
            "event_id": one_line(envelope.id),
            "event_type": one_line(envelope.type),
        }
        if (model := by_type.get(envelope.type)) is None:
            if request is not None and envelope.source.startswith("acs."):
                return parse(request, {}), facts  # an event of the cloud itself: look now
            raise InvalidRequestError(f"type: this function does not handle {envelope.type}")
        data_of = parse(model, envelope.data)
        return data_of, {**facts, **_about(data_of)}
    if request is None:
        raise InvalidRequestError(f"expected a CloudEvent of type {', '.join(by_type)}")
    if isinstance(data, Mapping) and {"triggerTime", "triggerName"} <= data.keys():
        facts = {
            "trigger": one_line(str(data["triggerName"])),
            "trigger_time": one_line(str(data["triggerTime"])),
        }
        return parse(request, read_json("{}" if (sent := data.get("payload")) in ("", None) else sent)), facts
    return parse(request, data), {}


def _about(data: EventData) -> dict[str, object]:
    """What an event is about, under the names that log lines have for it."""
    return {name: getattr(data, name) for name in _ABOUT if getattr(data, name, None) is not None}


def _json(result: BaseModel) -> str:
    return result.model_dump_json(by_alias=True, exclude_none=True)
