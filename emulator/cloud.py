"""The emulated cloud: products, keys, faults, limits, denials, log. Knows no product, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime, timezone
from itertools import count
from threading import RLock
from typing import Any, Literal, overload

from emulator.answers import Answers, Mode
from emulator.api import Answer, ApiError, Call, Raw
from emulator.calls import CallLog
from emulator.clock import Clock
from emulator.denials import Denial
from emulator.estate import EstateError
from emulator.faults import MOST, DroppedError, Faults, When
from emulator.grants import Use, Uses, role_of
from emulator.keys import AccessKey, Keyring
from emulator.known import denial_problem, fault_problems
from emulator.limits import RateLimits
from emulator.rights import FREE, resources_of
from emulator.saved import restore
from emulator.service import EmulatedService, Service
from emulator.services import service_classes

CENTRAL = ("cn-hangzhou", "ap-southeast-1")  #: the regions of products that have one for all others
Limits = Literal["documented", "none"]


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Cloud:
    """One account on one cloud. Several may live in a process; they share nothing.

    `functions` and `deliver` join a host: what FC invokes (`services/fc/fc.py` says its shape), and
    who takes the events that EventBridge accepts. `settle_s`: how long asynchronous states last.
    `signing_clock`: the clients' own, where `clock` runs ahead of it. `only`: services by name; no
    other is imported. `strict`: refuse unknown parameters, which the real gateway overlooks.
    `loose`: overlook parameters that are not honoured and would make the answer another one.
    `run_functions`: whether those that its API has made are run here, which are code of whoever has the key.
    `answers`: how sparingly they are worded (`answers.py`); `seed` is that of `random`. `access_key`: id and
    secret of `key`, each made where it is empty.
    """

    def __init__(
        self,
        *,
        account: str = "1000000000000001",
        settle_s: float = 1.0,
        latency_s: float = 0.0,
        limits: Limits = "none",
        clock: Callable[[], datetime] = utc_now,
        signing_clock: Callable[[], datetime] | None = None,
        functions: Any = None,
        deliver: Callable[[dict[str, Any]], object] | None = None,
        only: Sequence[str] = (),
        strict: bool = False,
        loose: bool = False,
        answers: Mode = "full",
        seed: int = 0,
        run_functions: bool = True,
        access_key: tuple[str, str] = ("", ""),
    ) -> None:
        self.time = Clock(clock)
        self.account = account
        self.clock: Callable[[], datetime] = self.time
        self.signing_clock = signing_clock or clock
        self.answers = Answers(answers, seed)
        self.settle_s, self.latency_s, self.limits = settle_s, latency_s, limits
        self.functions, self.deliver = functions, deliver
        self.leads: dict[str, str] = {}
        self.runs_functions = run_functions
        self.strict, self.loose = strict, loose
        self._only = tuple(only)
        self.lock = RLock()
        self.faults = Faults(lambda fault: fault_problems(self.services, fault))
        self.calls = CallLog()
        self.denials: list[Denial] = []
        self.uses = Uses()  #: of the rights of roles
        self._denial_ids = count(1)
        self.keys = Keyring()
        self.key = self.keys.add(account, known=access_key)
        self._estate: Any = None
        self._rates = RateLimits()
        self.services: dict[str, EmulatedService] = {}
        self._others: dict[str, Cloud] = {}
        self._first: Cloud | None = None  #: of an account beside it
        self._start_services()

    def every(self) -> list[Cloud]:
        """This account, and those beside it."""
        return [self, *self._others.values()]

    def of(self, account: str) -> Cloud:
        """An account by its number: this one also for all that the estate does not describe."""
        return self._others.get(account, self)

    def known(self, account: str) -> Cloud | None:
        """An account by its number; None: there is none on this cloud, so nothing is known of it."""
        return next((one for one in (self._first or self).every() if one.account == account), None)

    @property
    def of_one_entity(self) -> bool:
        """Whether it is of the verified entity that the first account is of."""
        return self._first is None or bool(self._estate.same_entity)

    @property
    def estate(self) -> Any:
        """As it was loaded; None without one."""
        return self._estate

    @property
    def regions(self) -> list[str]:
        """The estate's; without one, the central one alone."""
        return list(self._estate.regions) if self._estate is not None else [CENTRAL[0]]

    @overload
    def service(self, kind: type[Service]) -> Service: ...
    @overload
    def service(self, kind: str) -> Any: ...
    def service(self, kind: type[Service] | str) -> Any:
        """The live service of a product, by its class or as "cdn". Made anew by `reset` and `load`."""
        name = kind.lower() if isinstance(kind, str) else kind.__module__.rpartition(".")[2]
        return self.services[name]

    def add_key(self, account: str | None = None) -> AccessKey:
        """A further access key of this account, or of another one."""
        return self.keys.add(account or self.account)

    def load(self, estate: Any) -> None:
        """Replace everything that the products hold by the estate's.

        Raises EstateError, with nothing changed.
        """
        with self.lock:
            before, services, others = self._estate, self.services, self._others
            self._estate = estate
            try:
                self._start_services()
                self._others = {one.id: self._beside(one) for one in getattr(estate, "others", ())}
            except Exception:
                self._estate, self.services, self._others = before, services, others
                raise
            for old in (services, *(one.services for one in others.values())):
                _close(old)

    def _beside(self, estate: Any) -> Cloud:
        """Another account on this cloud: it has the same time, the same keys, and one log of calls."""
        made = copy(self)
        made.account, made.denials, made._rates = estate.id, [], RateLimits()
        made.functions = made.deliver = None
        made._others, made._first, made._estate = {}, self, estate
        made._start_services()
        made.key = self.keys.add(estate.id)
        return made

    def reset(self) -> None:
        """Back to the estate as loaded, at the real time: no faults, denials, calls, sessions. Keys stay."""
        with self.lock:
            self.time.restart()
            self.faults.clear()
            self.denials.clear()
            self.uses.clear()
            self.calls.clear()
            self.keys.forget_sessions()
            self._rates = RateLimits()
            self.answers.restart()
            for account in self.every():
                services = account.services
                account._start_services()
                _close(services)
            for other in self._others.values():
                other.denials.clear()

    def close(self) -> None:
        """End what runs by itself: instances of functions, timers. It can be used on."""
        with self.lock:
            for account in self.every():
                _close(account.services)

    def deny(self, ram_action: str, resource: str = "*", region: str | None = None) -> None:
        """Refuse `ram_action` from now on, where any text parameter matches `resource`."""
        self.add_denial(Denial(ram_action, resource, region))

    def add_denial(self, denial: Denial) -> Denial:
        """Raises ValueError where it could never meet a call."""
        if problem := denial_problem(self.services, denial.ram_action):
            raise ValueError(problem)
        if len(self.denials) >= MOST:
            raise ValueError(f"there are {MOST} denials already; take some back first")
        denial.id = str(next(self._denial_ids))
        self.denials.append(denial)
        return denial

    def take_back_denial(self, denial_id: str) -> Denial | None:
        found = next((denial for denial in self.denials if denial.id == denial_id), None)
        self.denials[:] = [denial for denial in self.denials if denial is not found]
        return found

    def denied(self, ram_action: str, call: Call) -> bool:
        """By an order, or because the caller is a role that does not grant it."""
        ordered = any(denial.meets(ram_action, call) for denial in self.denials)
        return ordered or not self._grants(ram_action, call)

    def execute(self, service: EmulatedService, call: Call, *, paced: bool = False) -> Answer | Raw:
        """Carry out one accepted request. `paced`: by a product that waits for its turn, whatever the limits.

        Raises:
            ApiError: refused by a fault, a limit, RAM or the service.
            DroppedError: the connection is to be closed without an answer.
        """
        self.fail(service.api, call.action, call, "before")
        if not paced:
            self._limit(service, call)
        self._authorize(service, call)
        handler = service.handler(call.action)
        with self.lock:
            for one in self.services.values():
                one.catch_up()
        if call.action in service.lengthy:
            answer = handler(call)
        else:
            with self.lock:
                answer = handler(call)
        self.fail(service.api, call.action, call, "after")
        return answer

    def _start_services(self) -> None:
        self.services = {name: made(self) for name, made in service_classes(self._only).items()}
        if self._estate is not None:
            for service in self.services.values():
                service.load(self._estate)
            if self._estate.saved is not None:
                try:
                    restore(self.services, self._estate.saved)
                except ValueError as error:
                    raise EstateError(f"estate: {error}") from None

    def fail(self, api: str, action: str, call: Call, when: When) -> None:
        """Have the fault that was ordered for this call strike, if there is one.

        Raises ApiError, DroppedError.
        """
        fault = self.faults.take(api, action, call.region, call.params, when)
        if fault is None:
            return
        call.delay.seconds += fault.latency_ms / 1000
        if fault.drop:
            raise DroppedError(action)
        if not fault.refuse:
            return
        error = ApiError(fault.status, fault.code, fault.message)
        error.retry_after_ms = fault.retry_after_ms
        raise error

    def _limit(self, service: EmulatedService, call: Call) -> None:
        per_second = service.limits.get(call.action)
        if self.limits == "none" or per_second is None:
            return
        if self._rates.take((call.account, service.api, call.action), per_second) > 0:
            raise service.throttling(call)

    def _authorize(self, service: EmulatedService, call: Call) -> None:
        if self.denied(service.right(call.action), call):
            raise service.denial(call)

    def _grants(self, ram_action: str, call: Call) -> bool:
        """Whether the caller may: a session of a role that was made here, by the role's policies."""
        key = self.keys.get_known(call.access_key_id)
        session = role_of(key.arn) if key is not None else None
        ram: Any = self.services.get("ram")
        if session is None or ram is None or ram_action in FREE:
            return True
        account, role = session
        if account != self.account or role.lower() not in ram.roles:
            return True
        resources = resources_of(ram_action.partition(":")[0], call)
        allowed: bool = ram.allows(role, ram_action, resources, {})
        self.uses.update(Use(role.lower(), ram_action, resource, allowed) for resource in resources)
        return allowed


def _close(services: Mapping[str, EmulatedService]) -> None:
    for service in services.values():
        service.close()
