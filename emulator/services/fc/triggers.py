"""The actions on triggers. Timers and those of EventBridge invoke; others are kept, no more."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from emulator.api import ApiError, Call, Raw
from emulator.services.fc.checks import MOST_TRIGGERS
from emulator.services.fc.configs import Configs
from emulator.services.fc.model import Function, Trigger, stamp
from emulator.services.fc.timers import next_time
from emulator.services.fc.wire import answered, body_of, done, invalid, page
from host.errors import PatternError
from host.patterns import check_pattern

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
KINDS = frozenset(
    {"timer", "eventbridge", "http", "oss", "log", "mns_topic", "tablestore", "cdn_events", "kafka"}
)
_SETTINGS = ("description", "invocationRole", "qualifier", "sourceArn")


class Triggers(Configs):
    def CreateTrigger(self, call: Call) -> Raw:
        function, body = self.function(call), body_of(call)
        name, kind = body.get("triggerName"), body.get("triggerType")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise invalid("triggerName takes up to 128 letters, digits, _ and -, and begins with no digit")
        if kind not in KINDS:
            raise invalid(f"triggerType takes {', '.join(sorted(KINDS))}")
        if name in function.triggers:
            raise ApiError(409, "TriggerAlreadyExists", f"trigger '{name}' already exists")
        if len(function.triggers) >= MOST_TRIGGERS:
            raise ApiError(400, "TriggerCountExceeded", f"a function has up to {MOST_TRIGGERS} triggers")
        now = self.cloud.clock()
        settings = {key: body[key] for key in _SETTINGS if body.get(key)}
        config = _config(kind, body.get("triggerConfig"), now)
        made = Trigger(name, kind, config, settings, str(uuid4()), now, now)
        function.triggers[name] = made
        self.armed(made)
        return answered(call, _told(function, made))

    def UpdateTrigger(self, call: Call) -> Raw:
        function, found, body = self.function(call), self._trigger(call), body_of(call)
        if body.get("triggerConfig") is not None:
            found.config = _config(found.kind, body["triggerConfig"], self.cloud.clock())
        found.settings |= {key: body[key] for key in _SETTINGS if body.get(key) is not None}
        found.modified = self.cloud.clock()
        self.armed(found)
        return answered(call, _told(function, found))

    def GetTrigger(self, call: Call) -> Raw:
        return answered(call, _told(self.function(call), self._trigger(call)))

    def DeleteTrigger(self, call: Call) -> Raw:
        del self.function(call).triggers[self._trigger(call).name]
        return done(call)

    def ListTriggers(self, call: Call) -> Raw:
        function, prefix = self.function(call), call.params.get("prefix", "")
        rows = [(name, _told(function, one)) for name, one in function.triggers.items()]
        return answered(call, page(call, "triggers", [row for row in rows if row[0].startswith(prefix)]))

    def armed(self, trigger: Trigger) -> None:
        """A trigger is new, or has changed."""

    def _trigger(self, call: Call) -> Trigger:
        name = call.params["triggerName"]
        found = self.function(call).triggers.get(name)
        if found is None:
            raise ApiError(404, "TriggerNotFound", f"trigger '{name}' does not exist")
        return found


def is_on(trigger: Trigger) -> bool:
    name = "enable" if trigger.kind == "timer" else "triggerEnable"
    return str(trigger.config.get(name, True)).lower() == "true"


def _config(kind: str, given: Any, now: datetime) -> dict[str, Any]:
    """Raises ApiError."""
    try:
        config = json.loads(given) if isinstance(given, str) else given
        if not isinstance(config, dict):
            raise invalid("triggerConfig takes JSON text of an object")
        if kind == "eventbridge":
            check_pattern(json.loads(config["eventRuleFilterPattern"]))
    except (KeyError, TypeError, ValueError, PatternError):
        what = "eventRuleFilterPattern takes a pattern" if kind == "eventbridge" else "it takes JSON text"
        raise invalid(f"triggerConfig: {what}") from None
    if kind == "timer" and not isinstance(config.get("cronExpression"), str):
        raise invalid("triggerConfig: cronExpression is missing")
    if kind == "timer":
        next_time(config["cronExpression"], now)
    return config


def _told(function: Function, trigger: Trigger) -> dict[str, Any]:
    return trigger.settings | {
        "createdTime": stamp(trigger.created),
        "lastModifiedTime": stamp(trigger.modified),
        "targetArn": function.arn,
        "triggerConfig": json.dumps(trigger.config, ensure_ascii=False),
        "triggerId": trigger.id,
        "triggerName": trigger.name,
        "triggerType": trigger.kind,
    }
