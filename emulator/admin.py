"""The emulator's own requests, under `/_emulator/`: no signature; `admin_gate` says whose are taken."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from emulator._estate_text import explain
from emulator.answers import Mode
from emulator.api import Raw
from emulator.cloud import Cloud, Denial
from emulator.edge import edge_table
from emulator.estate import Certificate
from emulator.faults import BusyWrites, Fault
from emulator.request import Request

PREFIX = "/_emulator/"
Order = TypeVar("Order", Fault, BusyWrites, Denial, Certificate, "Options")


class Options(BaseModel):
    """What can be changed of a running cloud, as `Cloud` names it. None: stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    strict: bool | None = None
    loose: bool | None = None
    answers: Mode | None = None
    seed: int | None = None


def answer(cloud: Cloud, request: Request) -> Raw:
    """Reset, options, faults, denials, behaviours, certificates, the log of calls, what the edge serves."""
    name = request.path[len(PREFIX) :].strip("/")
    try:
        found = _answer(cloud, request.method, name.split("/"), request.body)
    except ValueError as error:
        return _json(400, {"error": f"{request.method} {name}: {error}"})
    if found is None:
        return _json(404, {"error": f"no such request: {request.method} {request.path}"})
    return _json(200, found)


def _answer(cloud: Cloud, method: str, path: list[str], body: bytes) -> Any:
    match method, *path:
        case "GET", "health":
            return {"status": "ok", "services": sorted(cloud.services)}
        case "GET", "aws":
            return cloud.service("aws").start()
        case "GET", "tablestore":
            with cloud.lock:
                return cloud.service("tablestore").report()
        case "GET", "calls":
            return [asdict(record) for record in list(cloud.calls)]
        case "GET", "edge":
            with cloud.lock:
                return edge_table(cloud)
        case "POST", "certificates":
            issued = _made(Certificate, _object(body)).issue(cloud.clock())
            return {"certificate": issued.certificate_pem, "private_key": issued.key_pem}
        case "GET" | "POST", "behaviour":
            return _behaviour(cloud, _object(body) if method == "POST" else {})
        case "POST", "reset":
            cloud.reset()
        case "DELETE", "calls":
            cloud.calls.clear()
        case "GET" | "POST", "options":
            return _options(cloud, body if method == "POST" else b"{}")
        case _, "faults", *rest:
            return _faults(cloud, method, rest, body)
        case ("POST", "deny") | ("POST", "denials"):
            return asdict(cloud.add_denial(_made(Denial, _object(body))))
        case "GET", "denials":
            return [asdict(denial) for denial in list(cloud.denials)]
        case "DELETE", "denials", denial_id:
            found = cloud.take_back_denial(denial_id)
            return asdict(found) if found else None
        case _:
            return None
    return {}


def _behaviour(cloud: Cloud, wanted: dict[str, Any]) -> dict[str, dict[str, list[str | bool]]]:
    """What can be chosen of each service: the current value, then all of them."""
    switched = {name: service for name, service in cloud.services.items() if service.switches}
    if wanted:
        name = str(wanted.pop("service", ""))
        if name not in switched:
            raise ValueError(f"service: is one of {', '.join(sorted(switched))}")
        switched[name].choose(**wanted)
    return {
        name: {switch: [service.behaviour[switch], *values] for switch, values in service.switches.items()}
        for name, service in switched.items()
    }


def _faults(cloud: Cloud, method: str, rest: list[str], body: bytes) -> Any:
    match method, *rest:
        case ("GET",):
            return [_told(fault) for fault in list(cloud.faults)]
        case ("DELETE",):
            cloud.faults.clear()
            return {}
        case ("POST",):
            return _told(cloud.faults.add(_fault(body)))
        case "GET", fault_id:
            found = cloud.faults.find(fault_id)
        case "DELETE", fault_id:
            found = cloud.faults.take_back(fault_id)
        case _:
            found = None
    return _told(found) if found else None


def _fault(body: bytes) -> Fault | BusyWrites:
    """`"kind": "busy"` orders busy codes for the writes of a product."""
    given = _object(body)
    kind = given.pop("kind", "fault")
    if kind not in ("fault", "busy"):
        raise ValueError('kind: is one of "fault", "busy"')
    return _made(BusyWrites, given) if kind == "busy" else _made(Fault, given)


def _told(fault: Fault | BusyWrites) -> dict[str, Any]:
    told = asdict(fault)
    return {"kind": "busy" if isinstance(fault, BusyWrites) else "fault"} | {
        name: value for name, value in told.items() if not name.startswith("_")
    }


def _options(cloud: Cloud, body: bytes) -> dict[str, Any]:
    given = _made(Options, _object(body))
    if given.strict is not None:
        cloud.strict = given.strict
    if given.loose is not None:
        cloud.loose = given.loose
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
    )
    return now.model_dump()


def _made(kind: type[Order], given: dict[str, Any]) -> Order:
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


def _json(status: int, body: Any) -> Raw:
    text = json.dumps(body, ensure_ascii=False, default=str, separators=(",", ":"))
    return Raw(status, text.encode(), {}, "application/json")
