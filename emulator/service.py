"""What an emulated product is, and what it sees of the cloud that it is part of. No HTTP here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from emulator.api import Answer, ApiError, Call, Raw
from emulator.calls import CallLog
from emulator.codec import CodecError
from emulator.declared import declarations
from emulator.faults import Faults, When
from emulator.keys import AccessKey, Keyring
from emulator.places import Place
from emulator.request import Request

Service = TypeVar("Service", bound="EmulatedService")
_NOT_KEPT = ("cloud", "behaviour", "forgets")


class Account(Protocol):
    """The account that a service belongs to: its time, its keys, and the services beside it."""

    account: str
    clock: Callable[[], datetime]
    settle_s: float  #: how long asynchronous states last
    latency_s: float
    strict: bool  #: refuse unknown parameters, which the real gateway overlooks
    functions: Any  #: what FC invokes; `services/fc/fc.py` says its shape
    deliver: Callable[[dict[str, Any]], object] | None  #: takes the events that EventBridge accepts
    runs_functions: bool  #: those that requests have made
    leads: dict[str, str]  #: variables by which what runs in the cloud finds it
    keys: Keyring
    key: AccessKey
    calls: CallLog
    faults: Faults

    @property
    def services(self) -> Mapping[str, EmulatedService]: ...

    @property
    def of_one_entity(self) -> bool:
        """Whether it is of the verified entity that the first account is of."""
        ...

    def every(self) -> Sequence[Account]:
        """The accounts of the cloud: this one, if it is the first, and those beside it."""
        ...

    def known(self, account: str) -> Account | None:
        """Another account of the cloud, or this one; None: there is none of that number."""
        ...

    @property
    def lock(self) -> AbstractContextManager[bool]: ...

    def service(self, kind: type[Service]) -> Service:
        """The live service of a product. Made anew by `reset` and `load`: do not keep it."""
        ...

    def denied(self, ram_action: str, call: Call) -> bool: ...

    def fail(self, api: str, action: str, call: Call, when: When) -> None:
        """Have the fault that was ordered for this call strike, if any. Raises ApiError, DroppedError."""
        ...

    def execute(self, service: EmulatedService, call: Call, *, paced: bool = False) -> Answer | Raw:
        """Carry out one accepted request, with faults, limits and denials. Raises ApiError, DroppedError.

        `paced`: by a product that waits for its turn, whatever the limits.
        """
        ...


class EmulatedService:
    """Base of a product. A method per API action, under the action's exact name, taking a `Call`.

    State lives in the instance and is only touched under `cloud.lock`; a service is made anew by
    `reset`.
    """

    api: ClassVar[str]  #: product code as in the vendor's endpoint data, e.g. "Cdn"
    version: ClassVar[str]  #: e.g. "2018-05-10"
    style: ClassVar[Literal["RPC", "ROA", "OSS", "OTS", "SLS"]] = "RPC"
    ram: ClassVar[str]  #: prefix of the RAM actions, e.g. "cdn"
    ram_names: ClassVar[Mapping[str, str]] = {}  #: actions that RAM knows by another name than their own
    hosts: ClassVar[tuple[str, ...]] = ()  #: patterns, `{region}` where regional: "alb.{region}.aliyuncs.com"
    limits: ClassVar[Mapping[str, int]] = {}  #: documented calls per second, by action
    lengthy: ClassVar[frozenset[str]] = frozenset()  #: actions that wait: run in a thread, unlocked
    #: Status and code with which a write is refused while another change is under way. Source: clients
    #: that run against the real cloud.
    busy: ClassVar[tuple[tuple[int, str], ...]] = ()
    #: Behaviours that the product may have either way, as nobody knows or as it differs: the values that
    #: each takes, the default first. `choose` changes them until the next reset.
    switches: ClassVar[Mapping[str, tuple[str | bool, ...]]] = {}

    def __init__(self, cloud: Account) -> None:
        self.cloud = cloud
        self.behaviour: dict[str, str | bool] = {name: values[0] for name, values in self.switches.items()}
        #: Settings that the next change of a certificate takes along, whether it names them or not.
        #: For products of which it is not known; only those whose settings are compared heed it.
        self.forgets: Collection[str] = ()

    def choose(self, **wanted: str | bool) -> None:
        """Raises ValueError for a switch or a value that there is not, and names those that there are."""
        for name, value in wanted.items():
            if value not in self.switches.get(name, ()):
                known = {one: list(values) for one, values in self.switches.items()}
                raise ValueError(f"{self.api} has no {name}={value!r}; known: {known}")
        self.behaviour |= wanted

    def forget(self, settings: dict[str, Any]) -> None:
        """Take from `settings` what is to be forgotten, once."""
        for name in self.forgets:
            settings.pop(name, None)
        self.forgets = ()

    def load(self, estate: Any) -> None:
        """Take this product's part of the estate."""

    def take_event(self, event: dict[str, Any]) -> None:
        """An event that EventBridge has accepted, for what waits for such."""

    def close(self) -> None:
        """Another one takes its place, or the cloud has ended: end what runs by itself. Never waits."""

    def catch_up(self) -> None:
        """Do what has become due since the last request to this cloud, before the next is carried out."""

    def kept(self) -> dict[str, Any]:
        """The state, to be saved: everything but what tells how the service behaves."""
        return {name: value for name, value in vars(self).items() if name not in _NOT_KEPT}

    def keep(self, state: dict[str, Any]) -> None:
        """Hold what another one has `kept`. Raises CodecError where that had other parts."""
        if state.keys() - vars(self).keys():
            raise CodecError(f"{type(self).__module__} has other parts")
        vars(self).update(state)

    def loses(self) -> bool:
        """Whether there is anything in it that cannot be saved."""
        return False

    def uses(self, identifier: str) -> bool:
        """Whether a certificate of CAS is in place anywhere in this product."""
        return False

    def held(self) -> Iterable[Place]:
        """The places that CAS's deployment jobs put certificates on, with what each carries."""
        return ()

    def endpoints(self, regions: Collection[str]) -> list[str]:
        """The hosts at which clients reach this product, in each of `regions` where it is regional."""
        filled = [pattern.replace("{account}", self.cloud.account) for pattern in self.hosts]
        return [name.replace("{region}", region) for name in filled for region in regions]

    def slots(self) -> list[tuple[str, str]]:
        """Where TLS clients meet this product's slots: address ("name:port", or ""), and server name."""
        return []

    def served(self, host: str, server_name: str) -> tuple[Any, ...] | None:
        """The key pairs that this product's edge at `host` offers for `server_name`, best first.

        `host` is the address a client connected to (a CNAME, a load balancer's DNS name), or ""
        where the client came to the TLS edge itself: then whoever serves `server_name` answers.
        None: not mine.
        """
        return None

    def cipher_policy(self, host: str) -> str:
        """The TLS policy of the listener at `host`; "" where there is none, and what is usual holds."""
        return ""

    def route(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Action and parameters of a request, for a style without declarations (OSS, OTS, SLS).

        Raises ApiError where the request is none that is emulated.
        """
        raise NotImplementedError(f"{type(self).__module__} declares its actions")

    def denial(self, call: Call) -> ApiError:
        """How a call that RAM denies is refused."""
        rpc = self.style == "RPC"
        return ApiError(
            403,
            "Forbidden.RAM" if rpc else "AccessDenied",
            "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
            AccessDeniedDetail={
                "AuthAction": self.right(call.action),
                "AuthPrincipalType": "SubUser",
                "AuthPrincipalOwnerId": call.account,
                "NoPermissionType": "ImplicitDeny",
                "PolicyType": "AccountLevelIdentityBasedPolicy",
            },
        )

    def throttling(self, call: Call) -> ApiError:
        """How a call beyond `limits` is refused."""
        return ApiError(400, "Throttling.User", "Request was denied due to user flow control.")

    @classmethod
    def rights(cls) -> Collection[str]:
        """The RAM actions that this product asks for."""
        own = cls.actions()[cls.api]
        named = [cls.right(name) for name in own]
        others = [f"{api}:{name}" for api, names in cls.actions().items() if api != cls.api for name in names]
        return [*named, *others]

    @classmethod
    def right(cls, action: str) -> str:
        """The RAM action that an action needs."""
        return f"{cls.ram}:{cls.ram_names.get(action, action)}"

    @classmethod
    def actions(cls) -> Mapping[str, Collection[str]]:
        """What can be carried out, by the product code that a fault names."""
        return {cls.api: [name for name in dir(cls) if name[:1].isupper() and callable(getattr(cls, name))]}

    @classmethod
    def parameters(cls, api: str, action: str) -> Collection[str]:
        """The parameters by which a fault can pick calls of an action."""
        declared = declarations().get(cls.__module__.rpartition(".")[2])
        return declared.actions[action].looked_at if declared and action in declared.actions else ()

    def handler(self, action: str) -> Callable[[Call], Answer | Raw]:
        method = getattr(self, action, None)
        if method is None or not action[:1].isupper():
            raise ApiError(
                404,
                "InvalidAction.NotFound",
                f"Specified api is not found: {action} is not emulated.",
            )
        found: Callable[[Call], Answer | Raw] = method
        return found
