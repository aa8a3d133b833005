"""The composition root: settings, credentials and ports in, the World of the use cases out."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, partial
from typing import Any

from pydantic import SecretStr

from shared.cloud import credentials as keys
from shared.cloud.aws import CloudAccess
from shared.cloud.cas import Cas
from shared.cloud.channels import Channels
from shared.cloud.clients import Clients
from shared.cloud.events import Events
from shared.cloud.functions import Fc2Functions, Fc3Functions, Functions
from shared.cloud.kms import secret_value
from shared.cloud.mail import MailServer
from shared.cloud.openapi import OpenApi
from shared.cloud.sts import account_id
from shared.cloud.webhook import Webhook
from shared.domain.accounts import OWN, parted
from shared.domain.regions import Regions
from shared.domain.resources import CloudProduct
from shared.products import adapter_class
from shared.products.kit.base import ProductAdapter
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.exclusive import Exclusive
from shared.products.kit.in_account import InAccount
from shared.products.kit.known import NOTHING_KNOWN, Known
from shared.products.kit.means import Means
from shared.products.kit.parts import Parts
from shared.runtime.instance import Instance
from shared.runtime.probe import TlsProber
from shared.runtime.settings import Settings, read_settings
from shared.services.world import AdapterMaker, Policy, World
from shared.state import contacts, repositories
from shared.state.callers import Callers
from shared.state.leases import Leases
from shared.state.quota import Quota
from shared.state.store import Store
from shared.state.ticks import Ticks

_EXCLUSIVE_S = 120.0  #: an exclusive section makes a call or two


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class App:
    """What one invocation works with: settings, the API client, the state, and the World of the use cases."""

    settings: Settings
    openapi: OpenApi
    store: Store
    world: World
    secret: Callable[[SecretStr], SecretStr]  #: what a setting means that names a secret; see `Secrets.value`
    adapters: Callable[[OpenApi], AdapterMaker]  #: that call by another client than `openapi`

    @classmethod
    def build(
        cls,
        instance: Instance,
        credentials: keys.Provider,
        *,
        left_s: Callable[[], float],
        holder: str,
        functions: Functions | None = None,
        caller: Callable[[], str] = lambda: "",
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> "App":
        """`left_s`: seconds until the invocation is cut off. `holder`: its name on leases.

        `functions`: default, the functions that the settings name. `caller`: who works here; default: nobody
        knows, as of a function, whose key is its own.

        To replace any other port, change the result: `replace(app, world=replace(app.world, probe=…))`.

        Raises:
            SettingsError: the settings name no state.
        """
        instance.credentials = credentials
        settings, store = instance.settings, instance.store
        openapi_of = partial(
            OpenApi,
            endpoint=settings.endpoint or None,
            hosts=dict(settings.hosts),
            regions=Regions(more=settings.more_regions),
            pacer=instance.pacer,
            deadline=left_s,
            sleep=sleep,
        )
        others = [
            one.evolve(external_id=one.external_id or settings.external_id) for one in settings.accounts
        ]
        clients = Clients(credentials, openapi_of, others, clock)
        openapi = clients.of(OWN)
        functions = functions or _functions(instance, openapi, credentials, left_s)
        leases = Leases(store, clock)

        def exclusive(name: str) -> AbstractContextManager[None]:
            return leases.hold(name, holder, _EXCLUSIVE_S)

        def secret(named: SecretStr) -> SecretStr:
            kms = partial(secret_value, openapi)
            return instance.secrets.value(named, kms, settings.region, clock())

        adapters = partial(_adapters, exclusive=exclusive, aws=settings.aws_access, secret=secret)
        prober = TlsProber(settings.tls or None, instance.roots, clock)
        world = World(
            clock=clock,
            left_s=left_s,
            sleep=sleep,
            certificates=repositories.Certificates(store),
            scans=repositories.Scans(store),
            policy_texts=repositories.PolicyTexts(store),
            resources=repositories.Resources(store),
            syncs=repositories.SyncStatuses(store),
            sweeps=repositories.Sweeps(store),
            jobs=repositories.Jobs(store),
            workers=repositories.Workers(store),
            dead_letters=repositories.DeadLetters(store),
            contacts=contacts.Contacts(store),
            notifications=contacts.Notifications(store),
            deliveries=contacts.Deliveries(store),
            quota=Quota(store),
            leases=leases,
            callers=Callers(store, clock),
            ticks=Ticks(store, clock),
            functions=functions,
            events=Events(functions, clock),
            cas=partial(_cas, clients),
            enter=clients.enter,
            own_account=lambda: account_id(openapi),  # a host says FC_ACCOUNT_ID of nobody
            adapter=adapters(clients.of),
            probe=prober,
            client=prober.client,
            roots=instance.roots,
            notify=Webhook(
                settings.webhook_url.get_secret_value(),
                lambda: secret(settings.webhook_secret),
                clock,
                private=settings.webhook_private,
            ),
            send=Channels(
                secret,
                clock,
                endpoint=settings.chat_endpoint,
                private=settings.webhook_private,
                mail=MailServer(settings.smtp, settings.smtp_from),
                mail_password=settings.smtp_password,
            ).send,
            policy=Policy(
                stores=settings.stores,
                regions=settings.regions,
                more_regions=settings.more_regions,
                aws_regions=settings.aws_access.regions,
                products=settings.products,
                accounts=tuple(one.id for one in settings.accounts),
                expiring_days=settings.warning_days,
                submit_automatic_jobs=settings.auto == "submit",
                engine=settings.engine,
            ),
            caller=caller,
            holder=holder,
            instance=instance.id,
            forget_old=lambda: instance.forget_old(clock()),
            pace=instance.pacer.share,
        )
        return cls(settings, openapi, store, world, secret, lambda one: adapters(lambda account: one))

    @classmethod
    def of(cls, context: Any) -> "App":
        """From Function Compute's context. The Instance is kept between invocations."""
        started = time.monotonic()
        timeout_s = float(context.function.timeout)
        instance, credentials = _instance(read_settings()), keys.from_context(context)
        instance.check_state(credentials, started)
        return cls.build(
            instance,
            credentials,
            left_s=lambda: timeout_s - (time.monotonic() - started),
            holder=context.request_id,
        )


_instance = cache(Instance)  #: one per process and settings


def _functions(
    instance: Instance, openapi: OpenApi, credentials: keys.Provider, left_s: Callable[[], float]
) -> Functions:
    settings = instance.settings
    if settings.fc2_service:
        return Fc2Functions(
            credentials,
            service=settings.fc2_service,
            prefix=settings.prefix,
            region=settings.region,
            account_id=settings.account_id,
            regions=Regions(more=settings.more_regions),
        )
    if settings.fc_endpoint:
        own = keys.Credentials(settings.fc_access_key_id, settings.fc_access_key_secret.get_secret_value())
        openapi = OpenApi(
            keys.fixed(own) if settings.fc_access_key_id else credentials,
            endpoint=settings.fc_endpoint,
            regions=Regions(more=settings.more_regions),
            pacer=instance.pacer,
            deadline=left_s,
        )
    return Fc3Functions(openapi, prefix=settings.prefix, region=settings.region)


def _cas(clients: Clients, home: str) -> Cas:
    account, store = parted(home)
    return Cas(clients.of(account), store, account)


def _adapters(
    client_of: Callable[[str], OpenApi],
    *,
    exclusive: Exclusive,
    aws: CloudAccess,
    secret: Callable[[SecretStr], SecretStr],
) -> AdapterMaker:
    def adapter(
        product: CloudProduct,
        catalogue: Catalogue,
        accept_outage: bool = False,
        parts: Parts | None = None,
        known: Known = NOTHING_KNOWN,
        account: str = OWN,
    ) -> ProductAdapter:
        client, kind = client_of(account), adapter_class(product)
        means = Means(client, catalogue, accept_outage, exclusive, aws, parts, secret, known)
        return InAccount(kind, means, account) if account else kind(means)

    return adapter
