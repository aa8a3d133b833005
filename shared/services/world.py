"""Everything a use case may touch, passed in: state, cloud, clock. No use case looks these up itself."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from shared.cloud.aws import DEFAULT_ACCESS
from shared.cloud.cas import Cas
from shared.cloud.events import Events
from shared.cloud.functions import Functions
from shared.cloud.roots import Roots
from shared.cloud.tls import Leaf
from shared.domain.accounts import OWN, within
from shared.domain.certificates import STORES, Certificate
from shared.domain.contacts import Channel
from shared.domain.engines import Engine
from shared.domain.levels import Level
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.scope import Scope
from shared.domain.texts import Text
from shared.domain.trust import Standing, standing_of
from shared.products import default_products, why_no_slot
from shared.products.kit.base import ProductAdapter
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.known import NOTHING_KNOWN, Known
from shared.products.kit.parts import Parts
from shared.products.kit.waiting import Waiter
from shared.state import repositories
from shared.state.callers import Callers
from shared.state.contacts import Contacts, Deliveries, Notifications
from shared.state.leases import Leases
from shared.state.quota import Quota
from shared.state.ticks import Ticks


class Prober(Protocol):
    """Makes one TLS handshake."""

    def __call__(self, endpoint: str, server_name: str, certificate: Certificate) -> "ProbeResult": ...


@dataclass(frozen=True)
class ProbeResult:
    """`served`: whether the certificate was served; None: no connection was possible.

    `trusted`: whether a client accepts what was served, by the roots; None: that was not asked. `why_not`:
    why it does not, and what to do. `misnamed`: no client accepts it for the name, whatever its roots.
    `level`: that the certificate names, where it was served.
    """

    served: bool | None
    detail: str
    trusted: bool | None = None
    why_not: str = ""
    misnamed: bool = False
    level: Level | None = None


class Client(Protocol):
    """Makes one TLS handshake, and takes whatever certificate is served."""

    def __call__(self, endpoint: str, server_name: str, algorithm: str) -> "ClientMet":
        """`algorithm`: RSA or ECC, where a listener may hold one of each; anything else: either."""


@dataclass(frozen=True)
class ClientMet:
    """`leaf`: the certificate served; None: no certificate was met, for the reason in `detail`. The others
    as of a ProbeResult.
    """

    leaf: Leaf | None = None
    detail: str = ""
    trusted: bool | None = None
    why_not: str = ""
    misnamed: bool = False


class AdapterMaker(Protocol):
    def __call__(
        self,
        product: CloudProduct,
        catalogue: Catalogue,
        accept_outage: bool = False,
        parts: Parts | None = None,
        known: Known = NOTHING_KNOWN,
        account: str = OWN,
    ) -> ProductAdapter:
        """`catalogue` and `known` name things as the state does: of another account, with the account."""
        ...


class Sender(Protocol):
    """Sends one message over one channel of a contact."""

    def __call__(self, channel: Channel, message_id: str, text: Text, body: Mapping[str, Any]) -> None:
        """Raises CloudRejectedError, UnreadableAnswerError: for good. Other AppErrors may pass."""


class Notifier(Protocol):
    def __call__(self, notification_id: str, body: dict[str, object]) -> bool:
        """Deliver at least once; False if no webhook is configured."""


@dataclass(frozen=True)
class Policy:
    """The settings of the installation's owner."""

    stores: tuple[str, ...] = STORES[:1]
    regions: tuple[str, ...] = ()  #: empty = all
    aws_regions: tuple[str, ...] = DEFAULT_ACCESS.regions
    more_regions: tuple[str, ...] = ()  #: that are known beside those of this version
    products: tuple[CloudProduct, ...] = field(default_factory=default_products)
    accounts: tuple[str, ...] = ()  #: other ones that are looked after, beside the own
    submit_automatic_jobs: bool = True
    engine: Engine = Engine.DIRECT  #: of jobs that ask for none
    expiring_days: tuple[float, ...] = ()  #: warning times before an end; empty = by the lifetime
    #: A worker is tried for so long; and so often at least, lest a night that the machine was off count.
    worker_age_limit_s: float = 3600.0
    least_attempts: int = 6
    redispatch_after_s: float = 90.0
    parallel: int = 24
    served_within_s: float = 600.0

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.products, self.regions, self.aws_regions, self.more_regions, self.accounts)

    @cached_property
    def every_account(self) -> tuple[str, ...]:
        return (OWN, *self.accounts)

    @cached_property
    def homes(self) -> tuple[str, ...]:
        """The stores of CAS within their accounts, the own ones first."""
        return tuple(home for account in self.every_account for home in self.homes_of(account))

    def homes_of(self, account: str) -> tuple[str, ...]:
        return tuple(within(account, store) for store in self.stores)

    def why_barred(self, resource: CloudResource) -> str:
        """Why nothing is written to a slot: outside the scope, or no slot of its product; "" if it may be."""
        scope = self.scope
        return scope.why_outside(resource) or why_no_slot(resource, scope.known_regions(resource.product))


@dataclass(frozen=True)
class World:
    clock: Callable[[], datetime]
    left_s: Callable[[], float]  #: seconds until the function is cut off
    sleep: Callable[[float], None]
    certificates: repositories.Certificates
    scans: repositories.Scans
    policy_texts: repositories.PolicyTexts
    resources: repositories.Resources
    syncs: repositories.SyncStatuses
    sweeps: repositories.Sweeps
    jobs: repositories.Jobs
    workers: repositories.Workers
    dead_letters: repositories.DeadLetters
    contacts: Contacts
    notifications: Notifications
    deliveries: Deliveries
    quota: Quota
    leases: Leases
    callers: Callers
    ticks: Ticks
    functions: Functions
    events: Events
    cas: Callable[[str], Cas]  #: by store, within its account
    own_account: Callable[[], str]  #: the number of the own one; errors as in `OpenApi.call`
    enter: Callable[[str], None]  #: assume the role of another account; errors as in `OpenApi.call`
    adapter: AdapterMaker
    probe: Prober
    client: Client
    roots: Roots  #: that clients trust
    notify: Notifier
    send: Sender
    policy: Policy
    caller: Callable[[], str]  #: who works here, by the key's ARN; "" if nobody knows
    holder: str  #: name on leases: this invocation
    instance: str  #: the process that the invocation runs in, which has a pace of its own
    forget_old: Callable[
        [], None
    ]  #: what is kept long enough, where no store does it by itself; now and then
    pace: Callable[[int], None]  #: take this part of every rate, as one of so many

    def standing(self, certificate: Certificate) -> Standing:
        """How widely a certificate is trusted."""
        return standing_of(certificate, self.roots.names, self.clock(), self.roots.added_names)

    def steady(self) -> Callable[[], float]:
        """Seconds from now on, by the clock that ends the function: nobody sets it."""
        left_s = self.left_s()
        return lambda: left_s - self.left_s()

    def waiter(self, *, spare_s: float, at_most_s: float = math.inf) -> Waiter:
        """A Waiter that leaves the function `spare_s` and waits at most `at_most_s`."""
        spent = self.steady()

        def left_s() -> float:
            return min(self.left_s() - spare_s, at_most_s - spent())

        return Waiter(left_s=left_s)
