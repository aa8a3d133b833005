"""The emulator's own requests, under `/_emulator/`: no signature; `admin_gate` says whose are taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from emulator import actions, orders
from emulator.api import Raw
from emulator.authority import Authority
from emulator.calls import CallRecord
from emulator.cloud import Cloud
from emulator.edge import edge_table
from emulator.estate import EstateError
from emulator.hosts import known_hosts
from emulator.orders import Asked
from emulator.request import Request

PREFIX = "/_emulator/"
_FILTERS = frozenset({"api", "action", "region", "code", "status", "after"})


def answer(cloud: Cloud, request: Request, ca_pem: str = "") -> Raw:
    """What is asked, as JSON; certificates of CAs and kubeconfigs as text.

    Wrong orders change nothing and are told as 400.
    """
    name = request.path[len(PREFIX) :].strip("/")
    path, _, rest = name.partition("/")
    found = _REQUESTS.get((request.method, name))
    if found is None:
        found = _REQUESTS.get((request.method, f"{path}/ID")) if rest else None
    if found is None:
        return _json(404, {"error": f"no such request: {request.method} {request.path}"})
    try:
        told = found[0](Asked(cloud, request.body, request.queries, rest, ca_pem))
    except (ValueError, EstateError) as error:
        return _json(400, {"error": f"{request.method} {name}: {error}"})
    if told is None:
        return _json(404, {"error": f"no such request: {request.method} {request.path}"})
    return Raw(200, told.encode(), {}, "text/plain") if isinstance(told, str) else _json(200, told)


def requests() -> list[dict[str, str]]:
    """Every request with what it does."""
    return [
        {"method": method, "path": PREFIX + name, "does": told}
        for (method, name), (_, told) in _REQUESTS.items()
    ]


def _health(asked: Asked) -> dict[str, Any]:
    return {"status": "ok", "services": sorted(asked.cloud.services)}


def _actions(asked: Asked) -> list[dict[str, Any]]:
    return [asdict(row) for row in actions.rows(asked.cloud.services)]


def _calls(asked: Asked) -> list[dict[str, Any]]:
    limit = asked.queries.get("limit", "")
    wanted = {name: text for name, text in asked.queries.items() if name != "limit"}
    if strange := sorted(wanted.keys() - _FILTERS):
        raise ValueError(f"{strange[0]}: is one of {', '.join(sorted(_FILTERS))}, limit")
    if limit and not (limit.isdecimal() and int(limit)):
        raise ValueError("limit: takes a number of calls, the latest")
    return _told(asked.cloud.calls.found(**wanted)[-int(limit or 0) :])


def _told(records: list[CallRecord]) -> list[dict[str, Any]]:
    return [asdict(record) for record in records]


def _clear_calls(asked: Asked) -> dict[str, Any]:
    asked.cloud.calls.clear()
    return {}


def _clear_faults(asked: Asked) -> dict[str, Any]:
    asked.cloud.faults.clear()
    return {}


def _reset(asked: Asked) -> dict[str, Any]:
    asked.cloud.reset()
    return {}


def _edge(asked: Asked) -> list[dict[str, str]]:
    with asked.cloud.lock:
        return edge_table(asked.cloud)


def _kubeconfig(asked: Asked) -> Any:
    with asked.cloud.lock:
        return asked.cloud.service("cs").kubeconfig(asked.id)


def _tablestore(asked: Asked) -> Any:
    with asked.cloud.lock:
        return asked.cloud.service("tablestore").report()


def _functions(asked: Asked) -> Any:
    with asked.cloud.lock:
        return asked.cloud.service("fc").report()


def _grants(asked: Asked) -> Any:
    """By role; one that nobody has made has no policies that could be unused."""
    with asked.cloud.lock:
        ram, uses = asked.cloud.service("ram"), asked.cloud.uses
        unused = [row for role in ram.roles for row in uses.unused(role, ram.statements(role))]
        return {"denied": uses.denied(), "unused": unused}


def _forget_grants(asked: Asked) -> dict[str, Any]:
    asked.cloud.uses.clear()
    return {}


_REQUESTS: dict[tuple[str, str], tuple[Callable[[Asked], Any], str]] = {
    ("GET", ""): (lambda asked: requests(), "this list"),
    ("GET", "health"): (_health, "whether it is up, and its services"),
    ("GET", "actions"): (_actions, "each emulated action with how certain it is"),
    ("GET", "hosts"): (lambda asked: known_hosts(asked.cloud), "the cloud's hosts that clients call"),
    ("GET", "ca"): (lambda asked: asked.ca_pem or None, "the CA of these hosts over TLS, as PEM"),
    ("GET", "roots"): (
        lambda asked: Authority().root_pem,
        "the root of the certificates that the products serve, as PEM",
    ),
    ("POST", "reset"): (_reset, "back to the estate, without faults, denials and calls, at the real time"),
    ("GET", "estate"): (
        orders.estate,
        "the estate with what calls have changed, as a file that --estate takes; ?saved=false: as loaded",
    ),
    ("POST", "estate"): (orders.load, "load another estate, in JSON or YAML"),
    ("POST", "estate/merge"): (orders.merge, "load the estate with more rows and certificates"),
    ("GET", "options"): (
        lambda asked: orders.options(Asked(asked.cloud)),
        "how it answers, limits and delays",
    ),
    ("POST", "options"): (orders.options, "change some of these options"),
    ("GET", "behaviour"): (lambda asked: orders.behaviour(Asked(asked.cloud)), "behaviours to choose from"),
    ("POST", "behaviour"): (orders.behaviour, "choose behaviours of a service"),
    ("GET", "clock"): (lambda asked: orders.clock(Asked(asked.cloud)), "the cloud's time"),
    ("POST", "clock"): (orders.clock, "freeze the time, advance it, or let it run on"),
    ("POST", "settle"): (orders.settle, "let every change that is under way take effect now"),
    ("GET", "faults"): (orders.faults, "the faults that were ordered; `struck` counts"),
    ("POST", "faults"): (orders.add_fault, "order a fault"),
    ("DELETE", "faults"): (_clear_faults, "take all faults back"),
    ("GET", "faults/ID"): (orders.fault, "one fault"),
    ("DELETE", "faults/ID"): (orders.take_back_fault, "take one fault back"),
    ("GET", "denials"): (orders.denials, "the RAM actions that are refused"),
    ("POST", "denials"): (orders.deny, "refuse a RAM action"),
    ("DELETE", "denials/ID"): (orders.take_back_denial, "no longer refuse it"),
    ("GET", "functions"): (_functions, "how often functions were invoked, and what is pending"),
    ("GET", "grants"): (_grants, "what roles were denied, and what of their policies no call has needed"),
    ("DELETE", "grants"): (_forget_grants, "forget what roles were used for"),
    ("GET", "calls"): (
        _calls,
        "the latest calls, without secrets; ?api=&action=&region=&code=&after=&limit=",
    ),
    ("GET", "calls/refused"): (
        lambda asked: _told(asked.cloud.calls.not_emulated()),
        "calls that were refused because they are not emulated",
    ),
    ("DELETE", "calls"): (_clear_calls, "forget the calls"),
    ("GET", "edge"): (_edge, "each slot with what it serves"),
    ("POST", "certificates"): (orders.issue, "issue a certificate that is not in the account"),
    ("GET", "tablestore"): (_tablestore, "what Tablestore holds and what was spent"),
    ("GET", "kubeconfig/ID"): (_kubeconfig, "for kubectl, of the cluster of that id or name"),
    ("GET", "aws"): (lambda asked: asked.cloud.service("aws").start(), "where AWS is, started by asking"),
}


def _json(status: int, body: Any) -> Raw:
    text = json.dumps(body, ensure_ascii=False, default=str, separators=(",", ":"))
    return Raw(status, text.encode(), {}, "application/json")
