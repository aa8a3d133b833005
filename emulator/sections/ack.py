"""ACK: clusters with the TLS Secrets, Ingresses and AlbConfigs in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from emulator.sections import Domain, Part, Region, Section, Use, twice, use
from emulator.sections.listeners import Listener

Name = Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")


#: A controller that writes back what others change, and marks what is its own.
Manager = Literal["reflector", "flux", "argocd", "external-secrets", "operator"]
PERSON = "kubectl-create"  #: the manager of what a person makes with kubectl


class Secret(Part):
    namespace: str = Field("default", pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
    name: str = Name
    type: str = "kubernetes.io/tls"
    certificate: str | None = None  #: none: a Secret that waits for its certificate
    owner: Literal["cert-manager", "helm", "certificate"] | None = None
    managed_by: Manager | None = None
    #: who wrote it, in `managedFields`; none: it was made before API servers kept them
    field_manager: str | None = PERSON
    immutable: bool = False


class Ingress(Part):
    namespace: str = "default"
    name: str = Name
    secret: str
    hosts: list[Domain] = Field(min_length=1)
    address: str | None = None  #: host name or address of its load balancer; none: not exposed yet


class AlbConfigListener(Listener):
    tls: ClassVar[frozenset[str]] = frozenset({"HTTPS", "QUIC"})

    protocol: Literal["HTTP", "HTTPS", "QUIC"] = "HTTPS"


class AlbConfig(Part):
    name: str = Name
    listeners: list[AlbConfigListener] = []
    managed_by: Manager | None = None


class Cluster(Section):
    key = "ack"

    name: str = Field(min_length=1)
    region: Region
    #: what the caller may do inside, by RBAC
    role: Literal["admin", "ops", "dev", "restricted", "none"] = "ops"
    state: Literal["running", "initial", "updating", "failed", "deleting"] = "running"
    public: bool = True  #: whether its API server has a public address
    albconfigs_installed: bool = True
    secrets: list[Secret] = []
    ingresses: list[Ingress] = []
    albconfigs: list[AlbConfig] = []

    def uses(self, path: str) -> Iterable[Use]:
        for i, secret in enumerate(self.secrets):
            yield from use(f"{path}.secrets[{i}].certificate", secret.certificate, in_cas=False)
        for i, config in enumerate(self.albconfigs):
            for j, listener in enumerate(config.listeners):
                place = f"{path}.albconfigs[{i}].listeners[{j}]"
                yield from use(f"{place}.default", listener.default, self.region)
                for k, name in enumerate(listener.additional):
                    yield from use(f"{place}.additional[{k}]", name, self.region)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        yield from twice(f"{path}.secrets", "name", ((s.namespace, s.name) for s in self.secrets))
        yield from twice(f"{path}.ingresses", "name", ((i.namespace, i.name) for i in self.ingresses))
        yield from twice(f"{path}.albconfigs", "name", (config.name for config in self.albconfigs))
        known = {(secret.namespace, secret.name) for secret in self.secrets}
        for i, ingress in enumerate(self.ingresses):
            if (ingress.namespace, ingress.secret) not in known:
                yield f'{path}.ingresses[{i}].secret: no secret "{ingress.secret}" in {ingress.namespace}'
