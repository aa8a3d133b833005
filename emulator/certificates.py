"""The certificates of an estate file, and how each is issued."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from emulator.authority import Authority, Ca, Validation
from emulator.bundles import Bundle
from emulator.sections import Domain, Part

Store = Literal["cn-hangzhou", "ap-southeast-1", "eu-central-1"]
STORES: tuple[str, ...] = get_args(Store)
CERT_REGIONS = STORES[:2]  #: those that the edge products take by their documentation

#: A century is more than any certificate lives, and less than a calendar holds.
Days = Annotated[float, Field(ge=-36525, le=36525, allow_inf_nan=False)]


class Certificate(Part):
    """A certificate in the account. `days` from now until it ends, `age` days since it began."""

    names: list[Domain] = Field(min_length=1)
    name: str | None = None  #: in CAS, where names repeat; default: the name in the file
    key: Literal["rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-p256", "ecdsa-p384", "sm2"] = "rsa-2048"
    days: Days = 200
    age: Days | None = None  #: default: as much as a life of 200 days leaves
    source: Literal["UPLOAD", "BUY", "TEST"] = "UPLOAD"
    store: Store = "cn-hangzhou"
    private_key: bool = True
    in_cas: bool = True
    listed: bool = True  #: False: only the older list of CAS shows it
    status: Literal["revoked"] | None = None
    ca: Ca = "public"  #: "private": a company's own, whose root nobody else trusts
    self_signed: bool = False
    chain: Literal["full", "leaf-only"] = "full"  #: what CAS and the products hold beside the leaf
    validation: Validation = "DV"
    instance: str = ""  #: of CAS, that it was issued for; default: one of its own

    @property
    def lived(self) -> float:
        return self.age if self.age is not None else max(200 - self.days, 1)

    def issue(self, now: datetime, key_slot: str | None = None) -> Bundle:
        """The certificate itself, with a new key, or the one of `key_slot`.

        An SM2 certificate is only told to be one: nothing here can sign with SM2, and nothing serves it.
        """
        return Authority(self.ca).issue(
            self.names,
            key="ecdsa-p256" if self.key == "sm2" else self.key,
            days=self.days,
            age=self.lived,
            now=now,
            key_slot=key_slot,
            validation=self.validation,
            leaf_only=self.chain == "leaf-only",
            self_signed=self.self_signed,
        )

    @model_validator(mode="after")
    def _lives(self) -> Certificate:
        if self.lived + self.days <= 0:
            raise ValueError(f"it would end before it begins: raise age above {-self.days:g}")
        if self.self_signed and (self.ca, self.chain, self.validation) != ("public", "full", "DV"):
            raise ValueError("it is self-signed: no CA, no chain and no validation")
        if self.instance and self.source == "UPLOAD":
            raise ValueError("it was uploaded: what was bought has an instance")
        return self
