"""Invoking functions that requests have made: at once, later, by timers and events, and what follows.

Limits and the form of a destination's event: the vendor's pages. Codes of a role that cannot be assumed and
of too many instances, and what an answer of more than 6 MB ends as, are [guess].
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from emulator.api import ApiError, Call, Raw
from emulator.codec import CodecError
from emulator.service import Account
from emulator.services.fc.clockwork import Clockwork, Task, later
from emulator.services.fc.domains import Domains
from emulator.services.fc.instances import Instances
from emulator.services.fc.model import Function, Trigger
from emulator.services.fc.timers import next_time
from emulator.services.fc.triggers import Triggers, is_on
from host.bare import Outcome
from host.child import UNHANDLED, error_body
from host.patterns import matches

LONGEST_ANSWER = 6 * 1024 * 1024
_LONGEST_LOG = 4096  #: of what `x-fc-log-type: Tail` brings


class Running(Triggers):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._instances: Instances | None = None
        self._clockwork: Clockwork | None = None
        self._tasks: set[tuple[str, str]] = set()  #: ids of tasks that callers have given, by function
        self._busy: dict[str, int] = {}  #: requests that run now, by function

    def kept(self) -> dict[str, Any]:
        """Custom domains alone: an estate, which anybody on this machine may load, brings no code to run."""
        return {name: value for name, value in super().kept().items() if name in self._of_domains()}

    def keep(self, state: dict[str, Any]) -> None:
        if state.keys() - self._of_domains():
            raise CodecError(f"{type(self).__module__} has other parts")
        super().keep(state)

    def _of_domains(self) -> set[str]:
        return {*vars(Domains(self.cloud))}

    def loses(self) -> bool:
        return bool(self.functions or self.layers)

    def close(self) -> None:
        if self._clockwork is not None:
            self._clockwork.close()
        if self._instances is not None:
            self._instances.close()
        self._clockwork = self._instances = None

    def report(self) -> dict[str, Any]:
        """How often each function was invoked and failed, and what is left. `idle`: nothing is due."""
        rows = {
            found.name: {"region": found.region, "invoked": found.invoked, "failed": found.failed}
            for found in self.functions.values()
        }
        clockwork, now = self._clockwork, self.cloud.clock()
        due = any(one.due is not None and one.due <= now for _, one in self._triggers("timer"))
        return {
            "pending": clockwork.pending() if clockwork else 0,
            "idle": clockwork is None or not (due or clockwork.pending(now)),
            "functions": rows,
        }

    def armed(self, trigger: Trigger) -> None:
        if trigger.kind == "timer":
            trigger.due = next_time(trigger.config["cronExpression"], self.cloud.clock())
            self._started()

    def take_event(self, event: dict[str, Any]) -> None:
        if not self.cloud.runs_functions:
            return
        payload = json.dumps(event, ensure_ascii=False).encode()
        with self.cloud.lock:
            for function, trigger in self._triggers("eventbridge"):
                if matches(json.loads(trigger.config["eventRuleFilterPattern"]), event):
                    self._accept(function, payload, str(uuid4()))

    def invoke(self, function: Function, call: Call, *, asynchronous: bool, task_id: str | None) -> Raw:
        """Raises ApiError."""
        if not self.cloud.runs_functions:
            raise ApiError(501, "NotEmulated", "Functions are kept, not run: start with --run-functions.")
        if asynchronous:
            if task_id is not None and (function.arn, task_id) in self._tasks:
                raise ApiError(409, "AsyncTaskAlreadyExists", f"the task {task_id} is known")
            with self.cloud.lock:
                if task_id is not None:
                    self._tasks.add((function.arn, task_id))
                self._accept(function, call.raw_body, call.request_id)
            return Raw(202, b"", {"x-fc-request-id": call.request_id})
        outcome, lines = self._run(function, call.raw_body, call.request_id)
        headers = {"x-fc-request-id": call.request_id}
        if outcome.error_type:
            headers["x-fc-error-type"] = outcome.error_type
        if call.params.get("x-fc-log-type") == "Tail":
            last = "\n".join(lines).encode()[-_LONGEST_LOG:]
            headers["x-fc-log-result"] = base64.b64encode(last).decode()
        return Raw(200, outcome.body, headers)

    def _run(self, function: Function, payload: bytes, request_id: str) -> tuple[Outcome, list[str]]:
        with self.cloud.lock:
            busy = self._busy.get(function.arn, 0)
            if function.reserved is not None and busy >= function.reserved:
                why = f"function '{function.name}' has no more instances"
                raise ApiError(429, "ResourceExhausted", why)
            self._busy[function.arn] = busy + 1
            layers = [self.layers[arn] for arn in function.settings.get("layers", ())]
            if self._instances is None:
                self._instances = Instances(self.cloud, self.archives)
            instances = self._instances
        try:
            outcome, lines = instances.run(function, layers, payload, request_id)
        finally:
            with self.cloud.lock:
                self._busy[function.arn] -= 1
        if len(outcome.body) > LONGEST_ANSWER:
            body = error_body(f"The response is larger than {LONGEST_ANSWER} bytes", UNHANDLED)
            outcome = Outcome(body, UNHANDLED, outcome.seconds, outcome.memory_mb)
        with self.cloud.lock:
            function.invoked += 1
            function.failed += outcome.error_type is not None
        return outcome, lines

    def _accept(self, function: Function, payload: bytes, request_id: str) -> None:
        now = self.cloud.clock()
        self._started().accept(Task(function.arn, payload, request_id, now, now))

    def _carry_out(self, task: Task) -> datetime | None:
        """One try; when the next one is due, or None: it is over."""
        function = self.functions.get(task.function)
        if function is None:
            return None
        config = function.asynchronous
        now, age = self.cloud.clock(), config.get("maxAsyncEventAgeInSeconds", 86400)
        if now - task.accepted > timedelta(seconds=age):
            self._follow(function, task, "onFailure", Outcome(b"", UNHANDLED, 0, 0), "EventAgeExceeded")
            return None
        task.tries += 1
        try:
            outcome, _ = self._run(function, task.payload, task.request_id)
        except ApiError as error:
            if error.status not in (429, 503):
                raise
            task.tries -= 1
            return later(self.cloud.clock(), 1)
        if outcome.error_type is None:
            self._follow(function, task, "onSuccess", outcome, "Success")
            return None
        if task.tries <= config.get("maxAsyncRetryAttempts", 3):
            return later(self.cloud.clock(), task.tries)
        self._follow(function, task, "onFailure", outcome, "RetriesExhausted")
        return None

    def _follow(self, function: Function, task: Task, what: str, outcome: Outcome, condition: str) -> None:
        """Tell a destination, if it is a function here."""
        destination = function.asynchronous.get("destinationConfig", {}).get(what, {}).get("destination")
        event = {
            "timestamp": int(self.cloud.clock().timestamp() * 1000),
            "requestContext": {
                "requestId": task.request_id,
                "functionArn": function.arn,
                "condition": condition,
                "approximateInvokeCount": task.tries,
            },
            "requestPayload": task.payload.decode(errors="replace"),
            "responseContext": {"statusCode": 200, "functionError": outcome.error_type or ""},
            "responsePayload": outcome.body.decode(errors="replace"),
        }
        with self.cloud.lock:
            found = self.functions.get(destination) if destination else None
            if found is not None:
                self._accept(found, json.dumps(event, ensure_ascii=False).encode(), str(uuid4()))

    def _tick(self, now: datetime) -> None:
        with self.cloud.lock:
            for function, trigger in self._triggers("timer") if self.cloud.runs_functions else ():
                if trigger.due is None or trigger.due > now:
                    continue
                trigger.due = next_time(trigger.config["cronExpression"], now)
                event = {
                    "triggerTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                    "triggerName": trigger.name,
                    "payload": trigger.config.get("payload", ""),
                }
                self._accept(function, json.dumps(event).encode(), str(uuid4()))

    def _triggers(self, kind: str) -> list[tuple[Function, Trigger]]:
        """Those that are on."""
        return [
            (function, trigger)
            for function in self.functions.values()
            for trigger in function.triggers.values()
            if trigger.kind == kind and is_on(trigger)
        ]

    def _started(self) -> Clockwork:
        if self._clockwork is None:
            self._clockwork = Clockwork(self.cloud.clock, self._carry_out, self._tick)
        return self._clockwork
