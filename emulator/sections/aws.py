"""AWS: certificates imported into ACM, with load balancers and distributions that use them. moto plays it.

`issued_by_amazon`: the certificates are none of the estate's, but of Amazon for the same names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from emulator.sections import Domain, Part, Section, Use, use


class AwsListener(Part):
    port: int = Field(default=443, ge=1, le=65535)
    default: str
    additional: list[str] = []


class AwsBalancer(Section):
    """`region` is AWS's, so none of the account's."""

    key = "aws"
    anywhere = True

    name: str = Field(pattern=r"^[A-Za-z0-9-]{1,32}$")
    region: Literal["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1"] = "us-east-1"
    internal: bool = False
    issued_by_amazon: bool = False
    listeners: list[AwsListener] = Field(min_length=1)

    def certificates(self) -> list[str]:
        """Each imported once a region, whatever the number of its uses."""
        return [name for one in self.listeners for name in (one.default, *one.additional)]

    def uses(self, path: str) -> Iterable[Use]:
        for index, listener in enumerate(self.listeners):
            where = f"{path}.listeners[{index}]"
            yield Use(f"{where}.default", listener.default, in_cas=False)
            for nth, name in enumerate(listener.additional):
                yield Use(f"{where}.additional[{nth}]", name, in_cas=False)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        ports = [listener.port for listener in self.listeners]
        if len(set(ports)) < len(ports):
            yield f"{path}.listeners: a port is given twice"


class AwsDistribution(Section):
    """Of CloudFront. Its certificate is imported for it alone, so that it is proved there."""

    key = "cloudfront"

    aliases: list[Domain] = Field(min_length=1)
    certificate: str
    enabled: bool = True
    issued_by_amazon: bool = False

    def uses(self, path: str) -> Iterable[Use]:
        return use(f"{path}.certificate", self.certificate, in_cas=False)

    def identities(self) -> Iterable[tuple[str, str]]:
        return (("alias", alias) for alias in self.aliases)
