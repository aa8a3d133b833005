"""Orders to a running cloud: faults, denials, options, behaviours, the clock, certificates, the estate.

Each is checked as a whole before anything changes; ValueError and EstateError say what is wrong, a line for
each field.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
)

from emulator._estate_text import explain
from emulator.answers import Mode
from emulator.certificates import Certificate
from emulator.cloud import Cloud, Limits
from emulator.denials import Denial
from emulator.estate import merged, parse_estate, plain_of, read_plain
from emulator.faults import LONGEST_MS, LONGEST_SETTLE_S, BusyWrites, Fault
from emulator.saved import KEY
from emulator.saving import saved_estate

Made = TypeVar("Made", Fault, BusyWrites, Denial, Certificate, "Options", "ClockOrder")
_DAY = 86400
Delay_ms = Annotated[float, Field(ge=0, le=LONGEST_MS, allow_inf_nan=False)]
Settle_s = Annotated[float, Field(ge=0, le=LONGEST_SETTLE_S, allow_inf_nan=False)]


@dataclass(frozen=True)
class Asked:
    """One request for the emulator itself."""

    cloud: Cloud
    body: bytes = b""
    queries: dict[str, str] = field(default_factory=dict)
    id: str = ""  #: of what the path names
    ca_pem: str = ""  #: of the cloud's hosts, or "" where they have no TLS


class Options(BaseModel):
    """What can be changed of a running cloud, as `Cloud` names it. None: stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    strict: bool | None = None
    loose: bool | None = None
    answers: Mode | None = None
    seed: int | None = None
    limits: Limits | None = None
    latency_ms: Delay_ms | None = None
    settle_s: Settle_s | None = None


def _written_out(value: object) -> object:
    """A number is no date here: pydantic takes it for one."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}[T ]", value):
        raise ValueError("takes true, false, or a time such as 2027-01-01T00:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class ClockOrder(BaseModel):
    """`freeze`: true, or the time at which to stand; false: run on. `advance`: then by so many seconds."""

    model_config = ConfigDict(extra="forbid")

    freeze: StrictBool | Moment | None = None
    advance: Annotated[float, Field(ge=0, le=36525 * _DAY, allow_inf_nan=False)] = 0


def options(asked: Asked) -> dict[str, Any]:
    """Those that hold, after what is ordered."""
    given, cloud = _made(Options, _object(asked.body)), asked.cloud
    for name in ("strict", "loose", "limits", "settle_s"):
        if (value := getattr(given, name)) is not None:
            setattr(cloud, name, value)
    if given.latency_ms is not None:
        cloud.latency_s = given.latency_ms / 1000
    if given.answers is not None:
        cloud.answers.mode = given.answers
    if given.seed is not None:
        cloud.answers.seed = given.seed
        cloud.answers.restart()
    now = Options(
        strict=cloud.strict,
        loose=cloud.loose,
        answers=cloud.answers.mode,
        seed=cloud.answers.seed,
        limits=cloud.limits,
        latency_ms=cloud.latency_s * 1000,
        settle_s=cloud.settle_s,
    )
    return now.model_dump()


def clock(asked: Asked) -> dict[str, Any]:
    order, time = _made(ClockOrder, _object(asked.body)), asked.cloud.time
    if isinstance(order.freeze, datetime):
        time.freeze(order.freeze.astimezone(timezone.utc))
    elif order.freeze is not None:
        (time.freeze if order.freeze else time.run)()
    try:
        time.advance(order.advance)
    except OverflowError:
        raise ValueError("advance: leads beyond the calendar") from None
    return {"now": time().isoformat(), "frozen": time.frozen}


def settle(asked: Asked) -> dict[str, Any]:
    """Let every change that is under way take effect now, by moving the clock."""
    asked.cloud.time.advance(asked.cloud.settle_s)
    return clock(Asked(asked.cloud))


def estate(asked: Asked) -> dict[str, Any]:
    """With what calls have changed; `saved=false`: as it was loaded."""
    if (strange := asked.queries.keys() - {KEY}) or asked.queries.get(KEY, "true") not in ("true", "false"):
        raise ValueError(f"{min(strange, default=KEY)}: takes {KEY}=true or {KEY}=false")
    return _loaded(asked.cloud) if asked.queries.get(KEY) == "false" else saved_estate(asked.cloud)


def load(asked: Asked) -> dict[str, Any]:
    asked.cloud.load(parse_estate(read_plain(asked.body, "estate")))
    return _loaded(asked.cloud)


def merge(asked: Asked) -> dict[str, Any]:
    cloud = asked.cloud
    if cloud.estate is not None and cloud.estate.saved is not None:
        raise ValueError(f"the estate there was saved from a running cloud: load it without {KEY} first")
    cloud.load(parse_estate(merged(cloud.estate, read_plain(asked.body, "estate"))))
    return _loaded(cloud)


def _loaded(cloud: Cloud) -> dict[str, Any]:
    told = plain_of(cloud.estate) if cloud.estate is not None else {}
    return {key: value for key, value in told.items() if key != KEY}


def behaviour(asked: Asked) -> dict[str, dict[str, list[str | bool]]]:
    """What can be chosen of each service: the current value, then all of them."""
    switched = {name: service for name, service in asked.cloud.services.items() if service.switches}
    if wanted := _object(asked.body):
        name = str(wanted.pop("service", ""))
        if name not in switched:
            raise ValueError(f"service: is one of {', '.join(sorted(switched))}")
        switched[name].choose(**wanted)
    return {
        name: {switch: [service.behaviour[switch], *values] for switch, values in service.switches.items()}
        for name, service in switched.items()
    }


def issue(asked: Asked) -> dict[str, Any]:
    issued = _made(Certificate, _object(asked.body)).issue(asked.cloud.clock())
    return {"certificate": issued.certificate_pem, "private_key": issued.key_pem}


def deny(asked: Asked) -> dict[str, Any]:
    return asdict(asked.cloud.add_denial(_made(Denial, _object(asked.body))))


def denials(asked: Asked) -> list[dict[str, Any]]:
    return [asdict(denial) for denial in list(asked.cloud.denials)]


def take_back_denial(asked: Asked) -> dict[str, Any] | None:
    found = asked.cloud.take_back_denial(asked.id)
    return asdict(found) if found else None


def faults(asked: Asked) -> list[dict[str, Any]]:
    return [_told(fault) for fault in list(asked.cloud.faults)]


def add_fault(asked: Asked) -> dict[str, Any]:
    """`"kind": "busy"` orders busy codes for the writes of a product."""
    given = _object(asked.body)
    kind = given.pop("kind", "fault")
    if kind not in ("fault", "busy"):
        raise ValueError('kind: is one of "fault", "busy"')
    made = _made(BusyWrites, given) if kind == "busy" else _made(Fault, given)
    return _told(asked.cloud.faults.add(made))


def fault(asked: Asked) -> dict[str, Any] | None:
    found = asked.cloud.faults.find(asked.id)
    return _told(found) if found else None


def take_back_fault(asked: Asked) -> dict[str, Any] | None:
    found = asked.cloud.faults.take_back(asked.id)
    return _told(found) if found else None


def _told(fault: Fault | BusyWrites) -> dict[str, Any]:
    told = asdict(fault)
    return {"kind": "busy" if isinstance(fault, BusyWrites) else "fault"} | {
        name: value for name, value in told.items() if not name.startswith("_")
    }


def _made(kind: type[Made], given: dict[str, Any]) -> Made:
    """Raises ValueError: every wrong field in one text."""
    try:
        return kind(**given)
    except ValidationError as error:
        raise ValueError("\n".join(explain(error, kind, given))) from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ValueError("the body takes a JSON object")
    return given
