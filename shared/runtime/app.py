"""The composition root: settings and the platform's context in, the World of the use cases out."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from shared.cloud import credentials as keys
from shared.cloud.cas import Cas
from shared.cloud.events import Events
from shared.cloud.functions import Fc2Functions, Fc3Functions, Functions
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.cloud.webhook import Webhook
from shared.domain.resources import CloudProduct
from shared.errors import SettingsError
from shared.products import adapter_class
from shared.products.kit.base import ProductAdapter
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.waiting import Waiter
from shared.runtime.probe import TlsProber
from shared.runtime.settings import Settings, read_settings
from shared.services.world import Policy, World
from shared.state import repositories
from shared.state.leases import Leases
from shared.state.sqlite import SqliteStore
from shared.state.store import Store

_instances: dict[str, "Instance"] = {}
_EXCLUSIVE_S = 120.0  #: what is done by one function at a time takes a call or two


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Instance:
    """What outlives one invocation: settings, the store, and how fast each action may be called."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pacer = Pacer()

    @cached_property
    def store(self) -> Store:
        if not self.settings.state:
            raise SettingsError("CERTDEPLOY_STATE is not set: name the file that keeps the state")
        return SqliteStore(self.settings.state)


class App:
    """One invocation's view: its credentials, its deadline, its name as a holder of leases."""

    def __init__(
        self,
        instance: Instance,
        credentials: keys.Provider,
        *,
        left_s: Callable[[], float],
        holder: str,
        functions: Functions | None = None,
    ) -> None:
        self.settings = instance.settings
        self._instance = instance
        self._credentials = credentials
        self._left_s = left_s
        self._holder = holder
        self._functions = functions

    @classmethod
    def of(cls, context: Any) -> "App":
        """For an invocation. The instance is kept between invocations, as Function Compute keeps ours."""
        started = time.monotonic()
        timeout_s = float(context.function.timeout)
        return cls(
            _instance(os.environ),
            keys.from_context(context),
            left_s=lambda: timeout_s - (time.monotonic() - started),
            holder=context.request_id,
        )

    @cached_property
    def openapi(self) -> OpenApi:
        return OpenApi(
            self._credentials,
            endpoint=self.settings.endpoint or None,
            pacer=self._instance.pacer,
            deadline=self._left_s,
        )

    @cached_property
    def functions(self) -> Functions:
        if self._functions is not None:
            return self._functions
        settings = self.settings
        if settings.fc2_service:
            return Fc2Functions(
                self._credentials,
                service=settings.fc2_service,
                prefix=settings.prefix,
                region=settings.region,
                account_id=settings.account_id,
            )
        openapi = self.openapi
        if settings.fc_endpoint:
            own = keys.Credentials(
                settings.fc_access_key_id, settings.fc_access_key_secret.get_secret_value()
            )
            provider = keys.fixed(own) if settings.fc_access_key_id else self._credentials
            openapi = OpenApi(
                provider,
                endpoint=settings.fc_endpoint,
                pacer=self._instance.pacer,
                deadline=self._left_s,
            )
        return Fc3Functions(openapi, prefix=settings.prefix, region=settings.region)

    @cached_property
    def world(self) -> World:
        store, settings = self._instance.store, self.settings
        return World(
            clock=utc_now,
            left_s=self._left_s,
            sleep=time.sleep,
            certificates=repositories.Certificates(store),
            scans=repositories.Scans(store),
            resources=repositories.Resources(store),
            syncs=repositories.SyncStatuses(store),
            jobs=repositories.Jobs(store),
            workers=repositories.Workers(store),
            leases=Leases(store, utc_now),
            functions=self.functions,
            events=Events(self.functions, utc_now),
            cas=lambda name: Cas(self.openapi, name),
            adapter=self._adapter,
            probe=TlsProber(settings.tls or None),
            notify=Webhook(
                settings.webhook_url.get_secret_value(),
                settings.webhook_secret.get_secret_value(),
                utc_now,
            ),
            policy=Policy(
                stores=settings.stores,
                regions=settings.regions,
                products=settings.products,
                submit_automatic_jobs=settings.auto == "submit",
            ),
            holder=self._holder,
        )

    def _adapter(
        self, product: CloudProduct, waiter: Waiter, catalogue: Catalogue, accept_outage: bool = False
    ) -> ProductAdapter:
        return adapter_class(product)(self.openapi, waiter, catalogue, accept_outage, self._exclusive)

    def _exclusive(self, name: str) -> AbstractContextManager[None]:
        return self.world.leases.hold(name, self._holder, _EXCLUSIVE_S)


def _instance(environ: Mapping[str, str]) -> Instance:
    """One a process, unless its settings differ."""
    settings = read_settings(environ)
    key = repr(settings)
    if key not in _instances:
        _instances[key] = Instance(settings)
    return _instances[key]
