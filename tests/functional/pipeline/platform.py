"""The functions in one process: their handlers, the real client, a state, an emulated account.

Invocations wait in a queue until `drain`, so that a test may lose, double or hold back any of them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, cast

from emulator.authority import Authority, KeyKind
from emulator.cloud import Cloud, utc_now
from emulator.edge import Edge
from emulator.estate import Estate, parse_estate
from emulator.keys import AccessKey
from emulator.server import running
from shared.cloud.credentials import Credentials
from shared.cloud.functions import Functions
from shared.cloud.pacing import Pacer
from shared.domain.accounts import OWN, within
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct
from shared.errors import NotFoundError
from shared.runtime.app import App
from shared.runtime.handler import Invocation
from shared.runtime.instance import Instance
from shared.runtime.reach import reach
from shared.runtime.settings import Settings
from shared.services.again import is_another_try
from shared.services.world import World
from shared.state.store import Store
from tests.clocks import RunningClock
from tests.functional.pipeline import states
from tests.granted import Granted, Used
from tests.roles import sessions

TIMEOUT_S = 60.0
PRODUCTS = (CloudProduct.CDN, CloudProduct.ALB, CloudProduct.OSS)
_ENDLESS = 30  #: no story here hands on so often
_AGE_DAYS = 100
#: How the emulated cloud words its answers: `--answers` and its seed.
wording: dict[str, Any] = {}
_DELIVERIES = 3  #: Function Compute's own: one and two retries


class Cut(BaseException):
    """The process was killed. Not an Exception: nothing may catch it and go on."""


class Platform:
    """Timers and asynchronous invocations of one installation, by hand."""

    def __init__(self, cloud: Cloud, settings: Settings, clock: RunningClock, *, parallel: int) -> None:
        self.cloud, self.clock = cloud, clock
        self.queue: list[tuple[str, bytes]] = []
        self.copies = 1  #: how often each invocation is delivered
        self.lost: set[str] = set()  #: functions whose next invocation gets lost
        self.missing: set[str] = set()  #: functions that are not there
        self.failures: list[tuple[str, str]] = []
        self.policy: dict[str, Any] = {"parallel": parallel}  #: what is not as by default
        self.ports: dict[str, Any] = {}  #: what a test puts in the place of the World's own, by field
        self.timeout_s = TIMEOUT_S  #: of each function
        self.keys: dict[str, Credentials] = {}  #: by function, where it signs with a key of its own
        self.used: dict[str, Used] = defaultdict(Used)  #: what each function made use of, by its role
        self._keys = sessions(cloud, settings)  #: of each function's role
        self._instance = Instance(settings)
        self._instance.pacer = Pacer(sleep=lambda seconds: None)
        self.roots = self._instance.roots  #: read once: from now on the instance is copied
        self._ids, self._renewals = count(1), count(1)

    def key_of(self, function: str) -> AccessKey:
        """Of the function's role; "": the account's own. A reset of the cloud has forgotten the roles."""
        if not function:
            return self.cloud.key
        if self.cloud.keys.get_known(self._keys[function].access_key_id) is None:
            self._keys = sessions(self.cloud, self._instance.settings)
        return self._keys[function]

    @property
    def store(self) -> Store:
        return self._instance.store

    @store.setter
    def store(self, store: Store) -> None:
        self._instance.store = store

    @property
    def pacer(self) -> Pacer:
        return self._instance.pacer

    @property
    def world(self) -> World:
        return self.app().world

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        assert asynchronous, "our functions never wait for each other"
        if function in self.missing:
            raise NotFoundError("Function", function)
        if function in self.lost:
            self.lost.remove(function)
        else:
            self.queue += [(function, payload)] * self.copies
        return b""

    def tick(self, *functions: str) -> None:
        """Their timers fire, and everything that follows is done."""
        for function in functions:
            trigger = {"triggerTime": "2026-01-01T00:00:00Z", "triggerName": "timer", "payload": "{}"}
            self.queue.append((function, json.dumps(trigger).encode()))
            self.drain()

    def drain(self, *, until: str = "") -> None:
        """Deliver what waits; up to the first invocation of a function that begins with `until`."""
        handed_on: Counter[str] = Counter()
        while self.queue and not (until and self.queue[0][0].startswith(until)):
            function, payload = self.queue.pop(0)
            handed_on[function] += function.startswith("deploy_") or b'"Since"' in payload
            assert handed_on[function] <= _ENDLESS, f"{function} hands on to itself without end"
            self.deliver(function, payload)

    def deliver(self, function: str, payload: bytes) -> None:
        for _ in range(_DELIVERIES):
            try:
                self.call(function, payload)
            except Exception as error:
                self.failures.append((function, f"{type(error).__name__}: {error}"))
                continue
            return

    def call(self, function: str, payload: bytes | dict[str, Any]) -> Any:
        """Invoke by hand: its answer."""
        sent = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        handler = import_module(f"functions.{function}.index").handler
        request_id = f"request-{next(self._ids)}"
        app = partial(self.app, request_id, function)
        return json.loads(handler(sent, Invocation(request_id, function, app)))

    def pass_days(self, days: float) -> None:
        self.clock.sleep(days * 86400)

    def app(self, holder: str = "test", function: str = "") -> App:
        """As `App.of` builds it, but on our clock. `function`: whose role's rights it has; "": all."""
        started, clock = self.clock(), self.clock
        key = self.key_of(function)
        own = Credentials(key.access_key_id, key.access_key_secret, key.token)
        credentials = self.keys.get(function, own)

        def left_s() -> float:
            return self.timeout_s - (clock() - started).total_seconds()

        instance, functions = self._instance, cast(Functions, self)
        if function:
            used = self.used[function]
            granted = Granted(function, reach()[function], instance.store, functions, used)
            instance, functions = copy(instance), granted
            instance.store = granted
        app = App.build(
            instance,
            lambda: credentials,
            left_s=left_s,
            holder=holder,
            functions=functions,
            clock=clock,
            sleep=clock.sleep,
        )
        policy = replace(app.world.policy, **self.policy)
        return replace(app, world=replace(app.world, policy=policy, **self.ports))

    def jobs(self) -> list[DeploymentJob]:
        return list(self.world.jobs.list())

    def job(self) -> DeploymentJob:
        """The only one, but for another try at what it could not do."""
        (job,) = (job for job in self.jobs() if not is_another_try(job))
        return job

    def workers(self) -> dict[str, WorkerResource]:
        """The job's workers by slot."""
        return {worker.resource.slot: worker for worker in self.world.workers.list(self.job().job_id)}

    def renew(
        self,
        *names: str,
        days: float = 200,
        age: float = _AGE_DAYS,
        store: str = "cn-hangzhou",
        key: KeyKind = "ecdsa-p256",
        accounts: Sequence[str] = (OWN,),
    ) -> str:
        """The owner uploads a new certificate to CAS, of each of the accounts; its identifier in the first.

        Of that age it is valid for TLS clients too: they are on real time, which our clock may be ahead of.
        """
        bundle = Authority().issue(names, key=key, days=days, age=age, now=self.clock())
        name = f"renewed-{next(self._renewals)}"
        rows = [self.cloud.of(one).service("cas").add(name, store, bundle) for one in accounts]
        return f"{rows[0].id}-{within(accounts[0], store)}"

    def writes(self) -> list[tuple[str, str]]:
        """Changes that the products carried out: action and what it changed."""
        names = ("DomainName", "ListenerId", "bucket")
        return [
            (call.action, next(str(call.params[name]) for name in names if name in call.params))
            for call in self.cloud.calls
            if call.action in _WRITES and call.status == 200
        ]

    def tried(self) -> Counter[str]:
        """Writes that were asked for, carried out or not."""
        return Counter(call.action for call in self.cloud.calls if call.action in _WRITES)


_WRITES = frozenset(
    {
        "SetCdnDomainSSLCertificate",
        "UpdateListenerAttribute",
        "AssociateAdditionalCertificatesWithListener",
        "DissociateAdditionalCertificatesFromListener",
        "PutCname",
    }
)


@contextmanager
def new_platform(
    estate: dict[str, Any] | Estate,
    folder: Path,
    *,
    threads: bool = False,
    parallel: int = 1,
    edge: Callable[[str], str] = str,
    products: Sequence[CloudProduct] = PRODUCTS,
    **owner: Any,
) -> Iterator[Platform]:
    """An installation on an account with `estate`. `edge` may put another address in its place.

    `owner`: settings that are not the defaults.
    """
    # Of a pause a twentieth is waited, so that threads meet: what one sleeps, the others work.
    clock = RunningClock(lambda seconds: seconds * 0.05 if threads else 0.0)
    # A look or two still see what has not settled: a longer time would take more of them, and show no more.
    cloud = Cloud(clock=clock, signing_clock=utc_now, settle_s=1, **wording)
    cloud.load(estate if isinstance(estate, Estate) else parse_estate(estate))
    with running(cloud) as server, Edge(cloud) as tls:
        settings = Settings(
            state=str(folder / "state.db"),
            endpoint=server.endpoint,
            tls=edge(tls.address),
            roots=Authority().root_pem,
            products=tuple(products),
            **{"warning_days": (30, 15, 7, 3, 1), **owner},
        )
        made = Platform(cloud, settings, clock, parallel=parallel)
        made.store = states.opened(folder / "state.db")
        yield made
    assert not cloud.faults.unhit(), "a fault never struck"


@contextmanager
def discovered(
    estate: dict[str, Any], folder: Path, products: Sequence[CloudProduct] = PRODUCTS, **owner: Any
) -> Iterator[Platform]:
    """An installation that has read CAS and discovered every product once.

    What the first one of its kind saw, the next ones in this process are given: it would be the same.
    """
    named = (owner.get(name) for name in ("stores", "regions", "accounts"))
    kind = json.dumps([estate, products, *named, wording, states.chosen])
    begun = states.begun(folder / "state.db")
    seen = None if begun else _SEEN.get(kind)
    parsed = seen.estate if seen else parse_estate(estate)
    with new_platform(parsed, folder, products=products, **owner) as installed:
        if seen:
            states.fill(folder / "state.db", seen.state)
        else:
            installed.tick("scan_expiry", "discover_resources")
            if not begun and not installed.failures:
                _SEEN[kind] = _Seen(parsed, states.kept(folder / "state.db"))
        yield installed


@dataclass
class _Seen:
    estate: Estate  #: with its certificates, which are issued once
    state: states.Kept


_SEEN: dict[str, _Seen] = {}
