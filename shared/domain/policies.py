"""Policies: what the owner wants of automatic plans, by certificate, domain, product, region and slot.

A document of `defaults` and of rules in an order. Each rule that matches sets what it names; of several that
set the same, the last one counts. docs/policies.md explains it to the owner.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from shared.domain.engines import Engine
from shared.domain.freezes import Freeze
from shared.domain.names import HostNames
from shared.domain.resources import CloudProduct
from shared.domain.spans import minutes_in, percent_in
from shared.domain.values import Value, Versioned
from shared.domain.waves import LONGEST_PAUSE, AskedWaves, Canary

_LONGEST_NUMBER: Final = 20  #: digits
LIFTED: Final = "none"  #: `pin: none` takes back what an earlier rule pinned


class Mode(str, Enum):
    """What an automatic plan does with a slot."""

    DEPLOY = "deploy"
    DRAFT = "draft"  #: its job waits for approval
    OFF = "off"  #: it is left alone


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _numbers(value: Any) -> Any:
    """YAML takes the number of an account for a number."""
    texts = [str(one) if type(one) is int else one for one in (value if isinstance(value, list) else [value])]
    return tuple(texts)


def _minutes(value: Any) -> Any:
    return minutes_in(value) if isinstance(value, str) else value


def _percent(value: Any) -> Any:
    return percent_in(value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, dict) else value


def _product(value: Any) -> Any:
    """Products are known in capitals and in small letters."""
    known = {product.value.casefold(): product for product in CloudProduct}
    return known.get(value.casefold(), value) if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_several), Field(min_length=1)]
Days = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Pin(Value):
    """Only certificates of this issuer, or only this certificate. Neither: not pinned."""

    issuer: Text = ""
    certificate: Text = ""  #: name or id

    def __str__(self) -> str:
        return self.certificate or self.issuer or LIFTED


def _contact_id(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER):
        raise ValueError(f"{value!r} is no id of a contact, which is a number")
    return value


ContactId = Annotated[int, BeforeValidator(_contact_id), Field(ge=1, le=2**63 - 1)]


def _contacts(value: Any) -> Any:
    if value == LIFTED:
        return ()
    if value == []:
        raise ValueError(f"names nobody; `contacts: {LIFTED}` goes back to those that are told by default")
    return tuple(value) if isinstance(value, list) else (value,)


def _pin(value: Any) -> Any:
    if value == LIFTED:
        return Pin()
    if isinstance(value, dict) and (not value or value.keys() >= Pin.model_fields.keys()):
        raise ValueError(f"names one of issuer and certificate; `pin: {LIFTED}` lifts a pin")
    return value


class PolicySettings(Value):
    """What a rule, or the defaults, say; None where they say nothing."""

    deploy: Mode | None = None
    pin: Annotated[Pin | None, BeforeValidator(_pin)] = None
    warning_days: Annotated[tuple[Days, ...] | None, BeforeValidator(_several), Field(min_length=1)] = None
    accept_outage: bool | None = None
    first_deployment: bool | None = None
    require_approval: bool | None = None
    #: who is told, by id; empty: those that are told by default
    contacts: Annotated[tuple[ContactId, ...] | None, BeforeValidator(_contacts), Field(max_length=10)] = None
    engine: Engine | None = None  #: who writes, of products that both can


class Match(Value):
    """What a rule is about. Of each key one of the values has to fit, and every key that is given."""

    slot: Texts = ()  #: as `resource list` names it
    certificate: Texts = ()  #: name or id: of the one in place, or of one that may take its place
    domain: Annotated[HostNames, BeforeValidator(_several), Field(min_length=1)] = ()
    account: Annotated[Texts, BeforeValidator(_numbers)] = ()  #: by number; "-": the own one
    region: Texts = ()
    product: Annotated[
        tuple[Annotated[CloudProduct, BeforeValidator(_product)], ...],
        BeforeValidator(_several),
        Field(min_length=1),
    ] = ()

    def given(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Those given, with their values: what fits least often comes first."""
        products = tuple(product.value for product in self.product)
        for kind, values in (
            ("slot", self.slot),
            ("certificate", self.certificate),
            ("domain", self.domain),
            ("account", self.account),
            ("region", self.region),
            ("product", products),
        ):
            if values:
                yield kind, values


class PolicyRule(PolicySettings):
    name: str = ""  #: for people
    match: Match

    @model_validator(mode="after")
    def _says_something(self) -> "PolicyRule":
        kinds = {kind for kind, _ in self.match.given()}
        if not kinds:
            raise ValueError("match names nothing; what is for every slot stands in defaults")
        if not any(getattr(self, name) is not None for name in PolicySettings.model_fields):
            raise ValueError(f"sets nothing; it may set {', '.join(PolicySettings.model_fields)}")
        if self.warning_days is not None and kinds - {"certificate", "domain"}:
            raise ValueError(
                "warning_days are of a certificate, wherever it is; match by certificate and domain only"
            )
        return self


class PolicyWaves(Value):
    """How jobs are done that do not say so themselves; see AskedWaves."""

    canary: Annotated[tuple[Canary, ...], BeforeValidator(_several), Field(min_length=1, max_length=5)]
    pause: Annotated[float, BeforeValidator(_minutes), Field(ge=0, le=LONGEST_PAUSE)] = 0.0  #: minutes
    approval: bool = False
    halt_at: Annotated[float, BeforeValidator(_percent), Field(ge=0, lt=100)] = 0.0
    from_slots: Annotated[int, Field(ge=2)] = 2  #: jobs of fewer are done at once

    @property
    def asked(self) -> AskedWaves:
        return AskedWaves(
            canaries=self.canary,
            pause_minutes=self.pause,
            approval=self.approval,
            halt_at_percent=self.halt_at,
        )


class PolicyText(Versioned):
    """The document as its owner wrote it, comments and all."""

    text: str
    set_at: AwareDatetime


class Policies(Value):
    """The document as a whole."""

    defaults: PolicySettings = Field(default_factory=PolicySettings)
    rules: tuple[PolicyRule, ...] = ()
    waves: PolicyWaves | None = None
    freezes: Annotated[tuple[Freeze, ...], BeforeValidator(_listed)] = ()
