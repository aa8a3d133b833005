"""EventBridge 2020-04-01: taking events in, and testing patterns.

An accepted event goes to the triggers of functions (`services/fc`), and to a host (`Cloud.deliver`). The bus
`default` carries the cloud's own events and refuses others, entry by entry (a guess, as are the error codes
of entries); any other bus is there from its first use, without CreateEventBus. Limits of `Source` and `Type`:
the vendor's data-plane SDK.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from emulator.api import Answer, ApiError, Call
from emulator.service import EmulatedService
from host.errors import HostError, PatternError
from host.patterns import matches

_BUS = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,126}")
_LONGEST = {"Source": 128, "Type": 64, "Id": 255}
_FIELDS = frozenset(
    {
        "Data",
        "DataContentType",
        "DataSchema",
        "Id",
        "Source",
        "SpecVersion",
        "Subject",
        "Time",
        "Type",
    }
)


class Service(EmulatedService):
    api = "EventBridge"
    version = "2020-04-01"
    ram = "eventbridge"
    hosts = ("eventbridge-console.{region}.aliyuncs.com",)
    limits: ClassVar[dict[str, int]] = {}
    lengthy = frozenset({"PutEvents"})

    def PutEvents(self, call: Call) -> Answer:
        bus, entries = call.params["EventBusName"], call.params.get("EventList")
        if not _BUS.fullmatch(bus):
            raise ApiError(400, "InvalidParameter", 'The specified parameter "EventBusName" is wrong.')
        if not isinstance(entries, list) or not entries:
            raise ApiError(400, "MissingEventList", "EventList is mandatory for this action.")
        results = [self._put(call, bus, entry) for entry in entries]
        failed = sum("ErrorCode" in result for result in results)
        data = {"FailedEntryCount": failed, "EntryList": results}
        return {"Code": "Success", "Message": "success", "Success": True, "Data": data}

    def TestEventPattern(self, call: Call) -> Answer:
        try:
            event, pattern = (json.loads(call.params[name]) for name in ("Event", "EventPattern"))
            result = matches(pattern, event)
        except (ValueError, TypeError, AttributeError, PatternError):
            raise ApiError(400, "EventPatternInvalid", "The event or the pattern is not valid.") from None
        return {
            "Code": "Success",
            "Message": "success",
            "Success": True,
            "Data": {"Result": result},
        }

    def _put(self, call: Call, bus: str, entry: Any) -> dict[str, Any]:
        """One entry's result: an EventId, or an ErrorCode beside it."""
        event_id = entry.get("Id", "") if isinstance(entry, dict) else ""
        if bus == "default":
            why = "The event bus default takes no custom events."
            return {"EventId": event_id, "ErrorCode": "EventBusNotAllowed", "ErrorMessage": why}
        if wrong := _wrong(entry):
            return {"EventId": event_id, "ErrorCode": "InvalidEvent", "ErrorMessage": wrong}
        event = self._event(call, bus, entry)
        for service in self.cloud.services.values():
            service.take_event(event)
        if self.cloud.deliver is not None:
            try:
                self.cloud.deliver(event)
            except HostError as error:
                return {
                    "EventId": event_id,
                    "ErrorCode": "ServiceUnavailable",
                    "ErrorMessage": str(error),
                }
        return {"EventId": event_id, "TraceId": uuid4().hex}

    def _event(self, call: Call, bus: str, entry: dict[str, Any]) -> dict[str, Any]:
        """The CloudEvent as a function gets it. Shape: the vendor's documented sample."""
        now = self.cloud.clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        event = {
            "id": entry["Id"],
            "source": entry["Source"],
            "specversion": entry.get("SpecVersion", "1.0"),
            "type": entry["Type"],
            "subject": entry.get("Subject"),
            "dataschema": entry.get("DataSchema"),
            "time": entry.get("Time", now),
            "datacontenttype": entry.get("DataContentType", "application/json;charset=utf-8"),
            "aliyunaccountid": call.account,
            "aliyunpublishtime": now,
            "aliyuneventbusname": bus,
            "aliyunregionid": call.region,
            "aliyunpublishaddr": "127.0.0.1",
            "data": _data(entry),
        }
        return {name: value for name, value in event.items() if value is not None}


def _wrong(entry: Any) -> str:
    """What is wrong with an entry, or ""."""
    if not isinstance(entry, dict):
        return "an entry must be an object"
    for name in ("Id", "Source", "Type"):
        text = entry.get(name)
        if not isinstance(text, str) or not text:
            return f"{name} is mandatory"
        if len(text) > _LONGEST[name]:
            return f"{name} is longer than {_LONGEST[name]} characters"
    if unknown := set(entry) - _FIELDS:
        return f"{min(unknown)} is not a known field"
    if entry.get("SpecVersion", "1.0") != "1.0":
        return "SpecVersion must be 1.0"
    if "Time" in entry:
        try:
            datetime.fromisoformat(str(entry["Time"]).replace("Z", "+00:00"))
        except ValueError:
            return "Time is not a date of RFC 3339"
    return ""


def _data(entry: dict[str, Any]) -> Any:
    """`Data` may come as JSON text; a function is given the object."""
    data = entry.get("Data", {})
    if isinstance(data, str) and "json" in entry.get("DataContentType", "application/json"):
        try:
            return json.loads(data)
        except ValueError:
            return data
    return data
