"""`certdeploy serve`: the functions and their timers on this machine."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli import fc_api, running
from cli.in_process import FUNCTIONS
from cli.local_files import beside
from cli.metrics import Exporter, address, serving
from cli.output import progress, tell
from cli.parameters import TEMPLATE, parameters
from cli.session import Session, own_session
from host.host import Host
from shared.cloud import cas
from shared.errors import SettingsError
from shared.runtime.settings import Settings
from shared.services.taken_over import free_what_the_dead_held
from shared.state.tablestore_address import is_address

#: Prefixes of the environment variables that the functions get.
_PASSED = ("CERTDEPLOY_", "ALIBABA_CLOUD_", "AWS_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


def serve(
    state: Annotated[
        str | None,
        typer.Option(
            help=escape(
                "File that holds the state, created if missing; or ots://INSTANCE[.REGION][/PREFIX]."
            ),
            envvar="CERTDEPLOY_STATE",
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            help="Parameter of template.yml as Name=value, such as ScanSchedule='@every 5m'; may be repeated."
        ),
    ] = None,
    parameter_file: Annotated[
        Path | None, typer.Option(help="File with such parameters, one a line; for those that are secret.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="File for the log lines of the functions. Default: standard error.")
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="[HOST:]PORT",
            help="Tell metrics to Prometheus at /metrics there; 127.0.0.1 if no host is named.",
        ),
    ] = None,
) -> None:
    """Run the functions and their timers against the configured cloud until stopped.

    Work that was accepted before a stop or a crash runs after the next start.
    """
    given = parameters(parameter or [], parameter_file)
    at = address(metrics) if metrics is not None else None
    current = own_session(state)
    settings = current.settings
    if (other := current.running) is not None:
        raise SettingsError(f"process {other.pid} already serves {settings.state}")
    with progress("Checking access to the cloud …"):
        _check_access(current)
    stop = Event()
    with ExitStack() as stack:
        fc = stack.enter_context(fc_api.serving())
        host = Host(
            TEMPLATE,
            FUNCTIONS,
            beside(settings.state, ".host.db"),
            parameters={"Prefix": settings.prefix, **given},
            environment={**_environment(settings), **fc.environment},
            log=log,
            # Each instance reads this process's main module, which may import `cli.main`.
            preload=("shared.runtime", "cli.main"),
        )
        fc.cloud.functions, fc.cloud.deliver = host, lambda event: _delivered(host, event)
        if at is not None:  # before anything runs: the port may be taken
            port = stack.enter_context(serving(Exporter(current.app().world), *at))
            tell(f"metrics are at http://{at[0]}:{port}/metrics")
        stack.enter_context(_stop_on_signal(stop))
        _take_over(current)
        stack.enter_context(host)
        here = running.Running(os.getpid(), fc.endpoint, fc.access_key_id, fc.access_key_secret)
        stack.enter_context(running.announced(settings.state, here))
        for function in ("scan_expiry", "discover_resources"):  # at once, not only when their timers fire
            host.invoke(f"{settings.prefix}-{function}", b"{}", asynchronous=True)
        where = settings.endpoint or "Alibaba Cloud"
        tell(f"{len(host.functions)} functions run against {where}; state {settings.state}; Ctrl-C stops")
        stop.wait()
        tell("stopping: running functions finish, waiting ones run after the next start")


def _delivered(host: Host, event: dict[str, Any]) -> None:
    host.deliver_event(event)


def _take_over(current: Session) -> None:
    """Free what a host held that was killed: this one has its queue, and so the state, alone.

    Not in Tablestore, which functions elsewhere may work on too.
    """
    if is_address(current.settings.state):
        return
    if freed := free_what_the_dead_held(current.world()):
        tell(f"{freed} workers are taken over from a serve that was killed")


def _check_access(current: Session) -> None:
    """Fail now, once, for a wrong key, a missing permission or a dead endpoint, not every minute later."""
    app = current.app()
    if current.settings.webhook_url and not app.secret(current.settings.webhook_secret):
        tell("notifications are not signed: CERTDEPLOY_WEBHOOK_SECRET is not set")
    for store in current.settings.stores:
        app.openapi.call(cas.API, cas.LIST_CERTIFICATES, {"CurrentPage": 1, "ShowSize": 1}, region=store)


def _environment(settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    passed = {name: value for name, value in environ.items() if name.startswith(_PASSED)}
    if not settings.endpoint:
        passed.update({name: environ[name] for name in _PROXIES if name in environ})
    roots = {"CERTDEPLOY_ROOTS": settings.roots} if settings.roots else {}  # its path may be relative
    return {**passed, **roots, "CERTDEPLOY_STATE": settings.state}


@contextmanager
def _stop_on_signal(stop: Event) -> Iterator[None]:
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
