"""AWS: no actions of this port, which moto's own server answers; what is served at the TLS edge.

Load balancers are met at their DNS names, CloudFront at a distribution's own name and at its aliases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, ClassVar

from emulator import aws, aws_front
from emulator.bundles import Bundle, covers
from emulator.estate import Estate
from emulator.sections.aws import AwsBalancer, AwsDistribution
from emulator.service import Account, EmulatedService

_LISTENER, _DISTRIBUTION = ".elb.amazonaws.com", ".cloudfront.net"


class Service(EmulatedService):
    api = "aws"
    version = ""
    ram = "aws"
    hosts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._estate: Estate | None = None
        self._started = False

    @classmethod
    def actions(cls) -> Mapping[str, Collection[str]]:
        return {cls.api: _actions()}

    def load(self, estate: Estate) -> None:
        self._estate = estate

    def kept(self) -> dict[str, Any]:
        """moto keeps it all."""
        return {}

    def loses(self) -> bool:
        return self._started

    def start(self, *, empty: bool = False) -> dict[str, Any]:
        """Where AWS is, and who may call it.

        Empty if the estate has nothing there, unless it is to be started `empty`, or moto is not installed.
        """
        regions = self._regions()
        if not aws.installed() or not (regions or empty):
            return {}
        found = {"endpoint": aws.endpoint(), **aws.ACCESS_KEY}
        if not self._started:
            aws.belong_to(self.cloud)
            if self._estate is not None:
                self._fill(self._estate)
            self._started = True
        return {**found, "regions": regions}

    def endpoints(self, regions: Collection[str]) -> list[str]:
        """Where the estate has something there, those that certificates are about."""
        own = self._regions()
        named = [host.replace("{region}", region) for host in aws_front.HOSTS for region in own]
        return [*named, *(aws_front.EVERYWHERE if own else ())]

    def _regions(self) -> list[str]:
        if self._estate is None:
            return []
        homes = [aws.HOME for _ in self._estate.of(AwsDistribution)]
        return sorted({*homes, *(row.region for row in self._estate.of(AwsBalancer))})

    def _fill(self, estate: Estate) -> None:
        arns: dict[tuple[str, str, bool], str] = {}
        now = self.cloud.clock()

        def arn(region: str, name: str, by_amazon: bool) -> str:
            made = aws.request_certificate if by_amazon else aws.import_certificate
            return made(region, estate.bundle(name, now))

        for row in estate.of(AwsBalancer):
            of_row = {name: (row.region, name, row.issued_by_amazon) for name in row.certificates()}
            for key in of_row.values():
                if key not in arns:
                    arns[key] = arn(*key)
            listeners = [
                (one.port, [arns[of_row[name]] for name in (one.default, *one.additional)])
                for one in row.listeners
            ]
            aws.add_balancer(row.name, row.region, row.internal, listeners)
        for distribution in estate.of(AwsDistribution):
            own = arn(aws.HOME, distribution.certificate, distribution.issued_by_amazon)
            aws.add_distribution(distribution.aliases, own, distribution.enabled)

    def slots(self) -> list[tuple[str, str]]:
        """Once AWS has been started: listeners' certificates by a name that each covers, and aliases."""
        if not self._started:
            return []
        at_listeners = [
            (host, bundle.names[0].replace("*", "any"))
            for host, bundles in aws.listeners().items()
            for bundle in bundles
        ]
        at_distributions = [
            (host, alias.replace("*", "any"))
            for host, (aliases, _) in aws.distributions().items()
            for alias in aliases
        ]
        return at_listeners + at_distributions

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a listener, the certificate that covers the name, else the default one.

        At a distribution its own, for its aliases only; these are served wherever they lead to.
        """
        if not self._started:
            return None
        if _LISTENER in host:
            bundles = aws.listeners().get(host)
            if bundles is None:
                return None
            return (next((one for one in bundles if one.covers(server_name)), bundles[0]),)
        if host and not host.endswith(f"{_DISTRIBUTION}:443"):
            return None
        distributions = aws.distributions()
        for at, (aliases, bundle) in distributions.items():
            if host in ("", at) and any(covers(alias, server_name) for alias in aliases):
                return (bundle,)
        return () if host in distributions else None


@cache
def _actions() -> frozenset[str]:
    """Those of the services that certificates are in, as botocore knows them."""
    if not aws.installed():
        return frozenset()
    models = [aws.loader().load_service_model(name, "service-2") for name in ("acm", "elbv2", "cloudfront")]
    return frozenset(name for model in models for name in model["operations"])
