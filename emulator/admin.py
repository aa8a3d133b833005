"""The emulator's own requests, under `/_emulator/`: no signature, loopback only."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from emulator.api import Raw
from emulator.cloud import Cloud
from emulator.edge import edge_table
from emulator.faults import Fault
from emulator.request import Request

PREFIX = "/_emulator/"


def answer(cloud: Cloud, request: Request) -> Raw:
    """Reset, faults, denials, the log of calls, and what the edge serves."""
    name = request.path[len(PREFIX) :].strip("/")
    try:
        found = _answer(cloud, request.method, name, request.body)
    except (TypeError, ValueError, KeyError) as error:
        return _json(400, {"error": f"{request.method} {name}: {error}"})
    if found is None:
        return _json(404, {"error": f"no such request: {request.method} {request.path}"})
    return _json(200, found)


def _answer(cloud: Cloud, method: str, name: str, body: bytes) -> Any:
    match method, name:
        case "GET", "health":
            return {"status": "ok", "services": sorted(cloud.services)}
        case "GET", "aws":
            return cloud.service("aws").start()
        case "GET", "calls":
            return [asdict(record) for record in list(cloud.calls)]
        case "GET", "faults":
            return [asdict(fault) for fault in list(cloud.faults)]
        case "GET", "edge":
            with cloud.lock:
                return edge_table(cloud)
        case "POST", "reset":
            cloud.reset()
        case "DELETE", "calls":
            cloud.calls.clear()
        case "POST", "faults":
            return asdict(cloud.faults.add(Fault(**json.loads(body))))
        case "POST", "deny":
            cloud.deny(**json.loads(body))
        case _:
            return None
    return {}


def _json(status: int, body: Any) -> Raw:
    text = json.dumps(body, ensure_ascii=False, default=str, separators=(",", ":"))
    return Raw(status, text.encode(), {}, "application/json")
