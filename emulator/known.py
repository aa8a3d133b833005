"""Whether what is ordered of a cloud can ever happen there: faults and denials name real actions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from emulator._estate_text import nearest
from emulator.faults import BusyWrites, Fault
from emulator.service import EmulatedService

Services = Mapping[str, EmulatedService]


def fault_problems(services: Services, fault: Fault | BusyWrites) -> list[str]:
    """What keeps a fault from ever striking. Busy writes get their product's codes."""
    if isinstance(fault, BusyWrites):
        return _busy_problems(services, fault)
    known: dict[str, Collection[str]] = {}
    for service in services.values():
        own = {api.lower(): names for api, names in service.actions().items()}
        if any(fault.action in names for api, names in own.items() if _is(fault.api, api)):
            return _pointless(services, fault)
        known |= own
    if fault.api is not None and fault.api.lower() not in known:
        return [f'api: "{fault.api}" is not emulated{nearest(fault.api.lower(), known)}']
    names = sorted({name for api, own in known.items() if _is(fault.api, api) for name in own})
    whose = f" of {fault.api}" if fault.api else ""
    return [f'action: "{fault.action}" is no action{whose}{nearest(fault.action, names)}']


def _pointless(services: Services, fault: Fault) -> list[str]:
    """What keeps a fault of an action that there is from being one."""
    found = [] if fault.refuse or fault.latency_ms else ["refuse: without latency_ms nothing would go wrong"]
    if not fault.refuse and fault.drop:
        found.append("drop: closes the connection, so refuse is true")
    names = {
        name
        for service in services.values()
        for api, own in service.actions().items()
        if fault.action in own and _is(fault.api, api)
        for name in service.parameters(api, fault.action)
    }
    return found + [
        f'params: "{name}" is no parameter of {fault.action} that is looked at{nearest(name, sorted(names))}'
        for name in fault.params
        if name not in names
    ]


def _busy_problems(services: Services, fault: BusyWrites) -> list[str]:
    codes = {service.api.lower(): service.busy for service in services.values() if service.busy}
    fault.codes = fault.codes or codes.get(fault.api.lower(), ())
    where = f'api: no busy codes of "{fault.api}" are known{nearest(fault.api, codes)}'
    return [] if fault.codes else [where]


def denial_problem(services: Services, ram_action: str) -> str:
    """What keeps a denial from ever meeting a call, or ""."""
    known = {right for service in services.values() for right in service.rights()}
    if any(fnmatchcase(name, ram_action) for name in known):
        return ""
    return f'ram_action: "{ram_action}" is no action of this cloud{nearest(ram_action, sorted(known))}'


def _is(api: str | None, other: str) -> bool:
    return api is None or api.lower() == other.lower()
