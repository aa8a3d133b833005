"""SAE: gateway routing rules (ingresses), and the load balancers that have their listeners."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from emulator._estate_text import nearest
from emulator.sections import Region, Rows, Section, Use, alb, slb, use

Balancer = TypeVar("Balancer", alb.LoadBalancer, slb.LoadBalancer)


class Ingress(Section):
    key = "sae"

    name: str = Field(min_length=1)
    region: Region
    namespace: str = ""  #: short name; "": the region's default namespace
    balancer: Literal["alb", "clb", "mse"] = "alb"
    load_balancer: str = ""  #: its name in the section `alb` or `slb`; "": the rule has one of its own
    port: int = Field(default=443, ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS"] = "HTTPS"
    certificates: list[str] = []

    @model_validator(mode="after")
    def _fits(self) -> Ingress:
        if self.certificates and (self.protocol == "HTTP" or self.balancer == "mse"):
            raise ValueError("only HTTPS on alb and clb has certificates")
        if self.balancer == "clb" and len(self.certificates) > 1:
            raise ValueError("on clb it has one certificate")
        if len(set(self.certificates)) != len(self.certificates):
            raise ValueError("a certificate stands in the list once")
        if self.balancer == "mse" and self.load_balancer:
            raise ValueError("on mse it has no load balancer")
        return self

    @property
    def balancer_name(self) -> str:
        return self.load_balancer or f"sae-{self.name}"

    def uses(self, path: str) -> Iterable[Use]:
        alb = self.balancer == "alb"
        for index, name in enumerate(self.certificates):
            yield from use(f"{path}.certificates[{index}]", name, self.region if alb else "", in_cas=alb)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    @classmethod
    def misplaced(cls, estate: Rows) -> Iterable[str]:
        on_alb, on_clb = estate.of(alb.LoadBalancer), estate.of(slb.LoadBalancer)
        return _misplaced(estate.of(cls), {"alb": on_alb, "clb": on_clb})


def on_alb(balancers: Iterable[alb.LoadBalancer], rules: Iterable[Ingress]) -> list[alb.LoadBalancer]:
    """ALB's load balancers with the rules' listeners on them, and those that only rules have."""

    def listener(rule: Ingress) -> alb.Listener:
        default = next(iter(rule.certificates), None)
        additional = rule.certificates[1:]
        return alb.Listener(port=rule.port, protocol=rule.protocol, default=default, additional=additional)

    return _joined(balancers, [rule for rule in rules if rule.balancer == "alb"], alb.LoadBalancer, listener)


def on_clb(balancers: Iterable[slb.LoadBalancer], rules: Iterable[Ingress]) -> list[slb.LoadBalancer]:
    """As `on_alb`, of the classic ones."""

    def listener(rule: Ingress) -> slb.Listener:
        certificate = next(iter(rule.certificates), None)
        protocol: Literal["http", "https"] = "https" if rule.protocol == "HTTPS" else "http"
        return slb.Listener(port=rule.port, protocol=protocol, certificate=certificate)

    return _joined(balancers, [rule for rule in rules if rule.balancer == "clb"], slb.LoadBalancer, listener)


def _misplaced(
    rules: Iterable[Ingress], on: dict[str, Iterable[alb.LoadBalancer | slb.LoadBalancer]]
) -> Iterable[str]:
    """Rules that name a load balancer that is not there (`on`: by kind), or a port that is taken."""
    ports: dict[tuple[str, str, str], set[int]] = {}
    for kind, rows in on.items():
        for row in rows:
            ports[kind, row.region, row.name] = {listener.port for listener in row.listeners}
    for index, rule in enumerate(rules):
        place = rule.balancer, rule.region, rule.balancer_name
        if rule.balancer == "mse":
            continue
        if rule.load_balancer and place not in ports:
            known = [name for kind, region, name in ports if (kind, region) == place[:2]]
            hint = nearest(rule.load_balancer, known)
            what = f'no {rule.balancer} of {rule.region} is named "{rule.load_balancer}"'
            yield f"sae[{index}].load_balancer: {what}{hint}"
            continue
        taken = ports.setdefault(place, set())
        if rule.port in taken:
            yield f'sae[{index}].port: "{rule.balancer_name}" has a listener {rule.port} already'
        taken.add(rule.port)


def _joined(
    balancers: Iterable[Balancer],
    rules: Iterable[Ingress],
    model: type[Balancer],
    listener: Callable[[Ingress], object],
) -> list[Balancer]:
    found = {(row.region, row.name): row for row in balancers}
    for rule in rules:
        place = rule.region, rule.balancer_name
        row: Balancer = found.get(place) or model(name=rule.balancer_name, region=rule.region)
        found[place] = row.model_copy(update={"listeners": [*row.listeners, listener(rule)]})
    return list(found.values())
