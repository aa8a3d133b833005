"""What the console needs of an installation: its use cases, its functions, and how it is configured."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.domain.installation_requests import ManagedInstallation
from shared.domain.jobs import DeploymentJob
from shared.domain.values import Wire
from shared.services.accounts import Entered
from shared.services.cleaned import CleanUp
from shared.services.contacts import ShownContacts
from shared.services.doctor import Health
from shared.services.manage import Managed
from shared.services.quota_ledger import ManagedQuota
from shared.services.world import World


class Configured(Wire):
    """One setting, as a person may see it: `value` holds no secret. `source`: the variable that sets it."""

    name: str
    value: str
    source: str = ""


class Installation(Protocol):
    """What changes something is done where commands do it: in this process, or by functions of a stack."""

    def world(self) -> World:
        """The use cases, with ports of their own: each answer is made with another one."""

    def managed(self, world: World, request: Mapping[str, Any]) -> Managed:
        """As the function manage_deployment_jobs answers. Raises AppError."""

    def created(self, world: World, request: Mapping[str, Any]) -> DeploymentJob:
        """As the function create_deployment_job does it. Raises AppError."""

    def contacts(self, world: World, request: Mapping[str, Any]) -> ShownContacts:
        """As the function manage_contacts answers. Raises AppError."""

    def quota(self, world: World, request: Mapping[str, Any]) -> ManagedQuota:
        """As the function manage_quota answers. Raises AppError."""

    def changed(self, world: World, request: Mapping[str, Any]) -> ManagedInstallation:
        """As the function manage_installation answers. Raises AppError."""

    def cleaned_up(self, world: World, request: Mapping[str, Any]) -> CleanUp:
        """As the function clean_up_certificates answers. Raises AppError."""

    def call(self, function: str, payload: bytes) -> dict[str, Any]:
        """Invoke a function and wait for its answer. Raises AppError."""

    def health(self) -> Health:
        """A check-up, which asks the cloud and takes seconds. It changes nothing."""

    def entered(self) -> Sequence[Entered]:
        """Whether the other accounts let us in now: each is asked. Raises AppError."""

    def roles(self) -> Mapping[str, str]:
        """That are assumed in other accounts, by the account."""

    def serving(self) -> bool:
        """Whether functions run: what is submitted begins by itself."""

    def configured(self) -> Sequence[Configured]: ...
