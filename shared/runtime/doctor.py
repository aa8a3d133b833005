"""What a check of the installation is given: the App, and what is to be said of its settings."""

from collections.abc import Callable, Iterator
from typing import Final

from shared.cloud import cas, kms, sts
from shared.cloud.functions import API as FC
from shared.domain.certificates import STORES
from shared.products import adapter_class, supported_products
from shared.runtime.app import App
from shared.runtime.settings import Settings
from shared.services.doctor import Health, Installation, examine
from shared.services.doctor.findings import Finding, error, ok, warning

_SPARE_S: Final = 5.0


def check(
    app: App,
    patience_s: float,
    *,
    own_calls: bool,
    state: bool = True,
    more: tuple[Finding, ...] = (),
) -> Health:
    """`own_calls`: not in a function, which has neither the rights to ask the products nor the webhook's URL.

    `state`: whether the App's is the installation's; else `more` says why it is not."""
    settings = app.settings
    installation = Installation(
        world=app.world,
        openapi=app.openapi,
        clients=app.adapters,
        store=app.store if state else None,
        where=str(settings.tablestore or settings.state),
        webhook=bool(settings.webhook_url) if own_calls else None,
        own_calls=own_calls,
        settings=(*of_settings(settings), *more),
    )
    return examine(installation, min(patience_s, app.world.left_s() - _SPARE_S))


def of_settings(settings: Settings) -> Iterator[Finding]:
    """What was read and yet does not fit together; one line if all does."""
    found = [one for look in _LOOKS for one in look(settings)]
    yield from found
    if not found:
        products = f"{len(settings.products)} products, {', '.join(settings.regions) or 'all regions'}"
        where = f"; all goes to an emulated cloud at {settings.endpoint}" if settings.endpoint else ""
        yield ok("settings", f"{products}, stores {', '.join(settings.stores)}{where}")


def _of_webhook(settings: Settings) -> Iterator[Finding]:
    if settings.webhook_url and not settings.webhook_secret:
        text = "notifications are not signed, so that a receiver cannot tell who sent them"
        yield warning("settings", text, "set CERTDEPLOY_WEBHOOK_SECRET")
    if settings.webhook_secret and not settings.webhook_url:
        yield warning("settings", "CERTDEPLOY_WEBHOOK_SECRET signs nothing", "set CERTDEPLOY_WEBHOOK_URL")


def _of_mail(settings: Settings) -> Iterator[Finding]:
    if bool(settings.smtp) != bool(settings.smtp_from):
        lacking = "SMTP_FROM" if settings.smtp else "SMTP"
        yield error("settings", "no mail can be sent", f"set CERTDEPLOY_{lacking}")


def _of_hosts(settings: Settings) -> Iterator[Finding]:
    apis = {api.code for product in supported_products() for api in adapter_class(product).apis()}
    apis |= {cas.API.code, sts.API.code, kms.API.code, FC.code}
    for name, _ in settings.hosts:
        if name.partition(".")[0] not in apis:
            yield warning(
                "settings",
                f"CERTDEPLOY_HOSTS: nothing calls an API {name}",
                f"one of {', '.join(sorted(apis))}",
            )


def _of_site(settings: Settings) -> Iterator[Finding]:
    if STORES[0] in settings.stores or settings.endpoint:
        return
    named = {name.partition(".")[0] for name, _ in settings.hosts}
    of_china = [adapter for one in settings.products if (adapter := adapter_class(one)).host_of_china_site]
    if missing := [adapter.api.code for adapter in of_china if adapter.api.code not in named]:
        names = ", ".join(missing)
        text = f"an account of the International site has other hosts for {names}"
        yield warning("settings", text, "name them in CERTDEPLOY_HOSTS, or leave these products out")


def _of_emulator(settings: Settings) -> Iterator[Finding]:
    if settings.tls and not settings.endpoint:
        text = "CERTDEPLOY_TLS has every handshake go to an emulated edge, and CERTDEPLOY_ENDPOINT is not set"
        yield error("settings", text, "unset CERTDEPLOY_TLS: it would prove nothing")


_LOOKS: Final[tuple[Callable[[Settings], Iterator[Finding]], ...]] = (
    *(_of_webhook, _of_mail, _of_hosts, _of_site, _of_emulator),
)
