"""GA: accelerators and their listeners, each listener with its settings by the API's own names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import Field, model_validator

from emulator.sections import Domain, Part, Section, Use, twice, use

Setting = Literal[
    "ClientAffinity",
    "Description",
    "HttpVersion",
    "IdleTimeout",
    "ProxyProtocol",
    "RequestTimeout",
    "SecurityPolicyId",
    "XForwardedForConfig",
]


class ForwardedFor(Part):
    XForwardedForGaApEnabled: bool = False
    XForwardedForGaIdEnabled: bool = False
    XForwardedForPortEnabled: bool = False
    XForwardedForProtoEnabled: bool = False
    XRealIpEnabled: bool = False


class Settings(Part):
    ClientAffinity: Literal["NONE", "SOURCE_IP"] = "NONE"
    Description: str = ""
    HttpVersion: Literal["http1.1", "http2", "http3"] = "http2"
    IdleTimeout: int = 15
    ProxyProtocol: bool = False
    RequestTimeout: int = 60
    SecurityPolicyId: str = "tls_cipher_policy_1_0"
    XForwardedForConfig: ForwardedFor = ForwardedFor()


assert set(get_args(Setting)) == set(Settings.model_fields)


class Listener(Part):
    port: int = Field(ge=1, le=65535)
    protocol: Literal["HTTPS", "HTTP", "TCP", "UDP"] = "HTTPS"
    default: str | None = None
    additional: dict[Domain, str] = {}  #: by domain
    settings: Settings = Settings()
    resets: list[Setting] = []  #: what UpdateListener resets when it is left out: not documented

    @model_validator(mode="after")
    def _speaks_tls(self) -> Listener:
        if self.protocol != "HTTPS" and (self.default or self.additional):
            raise ValueError(f"only an HTTPS listener has certificates, not one of {self.protocol}")
        if self.additional and not self.default:
            raise ValueError("additional certificates need a default certificate beside them")
        return self


class Accelerator(Section):
    key = "ga"

    name: str = Field(min_length=1)
    state: Literal["active", "finacialLocked"] = "active"  #: spelled so
    service_managed: bool = False  #: another cloud product owns it
    listeners: list[Listener] = []

    def uses(self, path: str) -> Iterable[Use]:
        for i, listener in enumerate(self.listeners):
            place = f"{path}.listeners[{i}]"
            yield from use(f"{place}.default", listener.default)
            for domain, name in listener.additional.items():
                yield from use(f"{place}.additional.{domain}", name)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", self.name

    def problems(self, path: str) -> Iterable[str]:
        return twice(f"{path}.listeners", "port", (listener.port for listener in self.listeners))
