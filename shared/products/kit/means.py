"""What an adapter works with, handed over once: a client, and what is known around it."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from shared.cloud.aws import DEFAULT_ACCESS, CloudAccess
from shared.cloud.openapi import OpenApi
from shared.products.kit.catalogue import NO_CATALOGUE, Catalogue
from shared.products.kit.exclusive import Exclusive, alone
from shared.products.kit.known import NOTHING_KNOWN, Known
from shared.products.kit.parts import Parts


def _itself(named: SecretStr) -> SecretStr:
    return named


@dataclass(frozen=True)
class Means:
    client: OpenApi
    catalogue: Catalogue = NO_CATALOGUE
    accept_outage: bool = False  #: a product that cannot exchange may take the old certificate off first
    exclusive: Exclusive = alone
    aws: CloudAccess = DEFAULT_ACCESS  #: how to reach AWS
    parts: Parts | None = None  #: what a discovery read, if it may take several invocations
    #: what a setting of `aws` means that names a secret instead of holding it
    secret: Callable[[SecretStr], SecretStr] = _itself
    known: Known = NOTHING_KNOWN  #: what earlier discoveries stored
