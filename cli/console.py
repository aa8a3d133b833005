"""`certdeploy console`: the pages in a browser on this machine."""

import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr

from cli import asked
from cli.doctor import health_of
from cli.on_stack import FunctionRefusedError
from cli.session import Session, session
from shared.errors import InvalidRequestError, PlanChangedError
from shared.services.accounts import enter_accounts
from shared.services.world import World

if TYPE_CHECKING:
    from console.installation import Configured
    from shared.domain.installation_requests import ManagedInstallation
    from shared.domain.jobs import DeploymentJob
    from shared.services.accounts import Entered
    from shared.services.cleaned import CleanUp
    from shared.services.contacts import ShownContacts
    from shared.services.doctor import Health
    from shared.services.manage import Managed
    from shared.services.quota_ledger import ManagedQuota

_PATIENCE_S: Final = 45.0  #: of a check-up


def console(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1. Default: a free one.", min=0, max=65535)] = 0,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Refuse everything that would change something.")
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address and do not open a browser.")
    ] = False,
) -> None:
    """Show certificates, slots and jobs in a browser on this machine, and do there what the commands do.

    Listens on 127.0.0.1 only. The address that is printed lets one browser in, once. Whatever is done there
    is done with the credentials of this process. Runs until Ctrl-C.
    """
    serve(session(), port=port, read_only=read_only, opened=not no_open)


def serve(current: Session, *, port: int, read_only: bool, opened: bool) -> None:
    """Until it is stopped. Raises SettingsError: the port cannot be had."""
    from console.serving import Serving  # other commands do not wait for it

    serving = Serving(Installed(current), tell_address, port=port, read_only=read_only)
    serving.prepare()
    if opened:
        webbrowser.open(serving.guard.address)
    with suppress(KeyboardInterrupt):  # that is how it is stopped
        serving.run()


def tell_address(address: str) -> None:
    """On stdout, whole: what goes to stderr is redacted, and this holds the key that lets a browser in."""
    print(f"open {address} (for one browser, once; Ctrl-C stops)", flush=True)


@contextmanager
def _refusals() -> Iterator[None]:
    """What a function of a stack refuses is told as what a use case here refuses."""
    try:
        yield
    except FunctionRefusedError as error:
        if error.answer_code == PlanChangedError.code:
            raise PlanChangedError(str(error)) from None
        raise InvalidRequestError(str(error)) from None


def _host(address: SecretStr) -> str:
    """What of a webhook's address is no secret: a token may stand in its path as well as in its query."""
    split = urlsplit(address.get_secret_value())
    return f"{split.scheme}://{split.hostname}/…" if split.hostname else "none"


class Installed:
    """An installation of the console: that of a session."""

    def __init__(self, current: Session) -> None:
        self._session = current

    def world(self) -> World:
        return self._session.lasting_world()

    def managed(self, world: World, request: Mapping[str, Any]) -> "Managed":
        with _refusals():
            return asked.managed(world, dict(request))

    def created(self, world: World, request: Mapping[str, Any]) -> "DeploymentJob":
        with _refusals():
            return asked.created(world, dict(request))

    def contacts(self, world: World, request: Mapping[str, Any]) -> "ShownContacts":
        with _refusals():
            return asked.managed_contacts(world, dict(request))

    def quota(self, world: World, request: Mapping[str, Any]) -> "ManagedQuota":
        with _refusals():
            return asked.managed_quota(world, dict(request))

    def changed(self, world: World, request: Mapping[str, Any]) -> "ManagedInstallation":
        with _refusals():
            return asked.managed_installation(world, dict(request))

    def cleaned_up(self, world: World, request: Mapping[str, Any]) -> "CleanUp":
        with _refusals():
            return asked.cleaned_up(world, dict(request))

    def call(self, function: str, payload: bytes) -> dict[str, Any]:
        self._session.check_credentials()
        with _refusals():
            return self._session.call(function, payload)

    def health(self) -> "Health":
        return health_of(self._session, _PATIENCE_S)

    def entered(self) -> "Sequence[Entered]":
        self._session.check_credentials()
        return enter_accounts(self._session.world())

    def roles(self) -> Mapping[str, str]:
        return {one.id: one.role for one in self._session.settings.accounts}

    def serving(self) -> bool:
        """In Tablestore it is the functions of a stack."""
        return self._session.served or self._session.settings.tablestore is not None

    def configured(self) -> "Sequence[Configured]":
        from console.installation import Configured

        settings = self._session.settings
        running = self._session.running
        found = {
            "State": (settings.state, "STATE"),
            "Cloud": (settings.endpoint or "Alibaba Cloud", "ENDPOINT"),
            "CAS stores": (", ".join(settings.stores), "STORES"),
            "Accounts": (", ".join(one.id for one in settings.accounts) or "own", "ACCOUNTS"),
            "Regions": (", ".join(settings.regions) or "all", "REGIONS"),
            "Products": (", ".join(one.value for one in settings.products), "PRODUCTS"),
            "Automatic jobs": (settings.auto, "AUTO"),
            "Engine": (settings.engine.value, "ENGINE"),
            "Webhook": (_host(settings.webhook_url), "WEBHOOK_URL"),
            "Functions": (f"certdeploy serve, process {running.pid}" if running else "none here", ""),
        }
        return [
            Configured(name=name, value=value, source=f"CERTDEPLOY_{source}" if source else "")
            for name, (value, source) in found.items()
        ]
