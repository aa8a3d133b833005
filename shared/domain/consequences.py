"""What changes on a slot beside its certificate: sentences that a preview shows before a person says yes.

A manual job may do what no plan does by itself, so each rule of `replacing` that is against it is named here.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.certificates import CertificateSource, CertificateStatus
from shared.domain.moments import whole_days
from shared.domain.replacing import RULES, Exchange, key_of
from shared.domain.trust import Standing, Trust
from shared.domain.values import Wire
from shared.domain.warning_times import passed_time


class Consequence(Wire):
    code: str  #: stable; each is in HEADLINES
    text: str


class ConsequenceCount(Wire):
    code: str
    slots: int
    text: str

    def __str__(self) -> str:
        return f"{self.slots} slot{'s' if self.slots != 1 else ''}: {self.text}"


@dataclass(frozen=True)
class Surroundings:
    """What stands on a slot's listener, as far as it matters there."""

    kinds: frozenset[str] = frozenset()  #: of key, of the certificates for one of the slot's names
    shared: bool = False  #: another slot of the listener has the new certificate, or gets it with this one


#: Of a preview, by code, in the order in which they are told.
HEADLINES: Final[Mapping[str, str]] = {
    "policy": "a policy is against it; you ask for it by hand",
    "other-names": "names of other kinds than DNS names are lost",
    "pair": "RSA and ECC stand side by side, and one of them is taken off",
    "way-back": "a rollback is not possible",
    "shared": "a rollback is left to a person",
    "trust": "the new certificate is trusted less widely, or it is not known by whom",
    "chain": "the chain of the new certificate is not complete",
    "key": "the kind of key changes",
    "key-size": "the size of the key changes",
    "acm-key": "ACM does not take this kind or size of key",
    "level": "the level of validation is lowered",
    "bought": "a bought certificate gives way to one that was not bought",
    "test": "a test certificate comes into service",
    "fronted": "a CDN or DCDN domain in front of a bucket serves its clients",
    "issuer": "the issuer changes",
    "ends-sooner": "the new certificate ends sooner",
    "ends-soon": "the new certificate is about to end",
}


def consequences(
    exchange: Exchange, around: Surroundings, warning_days: Sequence[float] = ()
) -> tuple[Consequence, ...]:
    """`warning_days`: as the owner set them, see `warning_times`."""
    by_rule = _OF_FIRST if _first(exchange) else _OF_RULES
    told = {code: why_not(exchange) for code, why_not in by_rule.items()}
    told |= {
        "pair": _pair(exchange, around),
        "way-back": _way_back(exchange),
        "shared": _shared(around),
        "key-size": _key_size(exchange),
        "issuer": _issuer(exchange),
        "ends-sooner": _sooner(exchange),
        "ends-soon": _soon(exchange, warning_days),
    }
    known = [*HEADLINES, *(code for code in told if code not in HEADLINES)]
    return tuple(Consequence(code=code, text=told[code]) for code in known if told.get(code))


def like(exchange: Exchange, around: Surroundings) -> Hashable:
    """The same for slots on which a certificate has the same consequences: all that is looked at.

    The present certificate stands for its own end.
    """
    slot = exchange.resource
    end = None if exchange.present else slot.cert_not_after
    there = (slot.cert_identifier, slot.cert_key, slot.other_names, end)
    place = (slot.product, slot.kind, slot.fronted_by, there)
    return exchange.certificate.identifier, place, exchange.policy, around


def counted(some: Iterable[Iterable[Consequence]]) -> tuple[ConsequenceCount, ...]:
    """Of the slots of a plan: on how many each code was told."""
    found = Counter(one.code for each in some for one in each)
    order = list(HEADLINES)
    codes = sorted(found, key=lambda code: order.index(code) if code in HEADLINES else len(order))
    return tuple(
        ConsequenceCount(code=code, slots=found[code], text=HEADLINES.get(code, code)) for code in codes
    )


def days_gained(exchange: Exchange) -> int | None:
    """By which the new certificate ends later; negative: sooner. None: the end in place is not known."""
    return None if exchange.ends is None else whole_days(exchange.certificate.not_after - exchange.ends)


def _first(exchange: Exchange) -> bool:
    """Whether nothing is in place."""
    return not exchange.resource.cert_identifier


def _trust_of_first(exchange: Exchange) -> str:
    return "" if exchange.standing.public_root else f"it is {_issued(exchange.standing)}"


def _test_of_first(exchange: Exchange) -> str:
    return "it is a test certificate" if exchange.certificate.source is CertificateSource.TEST else ""


_OWN: Final = frozenset({"later-end", "way-back"})  #: said here in other words
_OF_RULES: Final[dict[str, Callable[[Exchange], str]]] = {
    rule.name: rule.why_not for rule in RULES if rule.name not in _OWN
}
_OF_FIRST: Final[dict[str, Callable[[Exchange], str]]] = {
    "policy": _OF_RULES["policy"],
    "trust": _trust_of_first,
    "chain": _OF_RULES["chain"],
    "test": _test_of_first,
}


def _pair(exchange: Exchange, around: Surroundings) -> str:
    old, new = exchange.present, exchange.certificate
    if old is None or old.algorithm == new.algorithm or new.algorithm not in around.kinds:
        return ""
    both = f"its listener has {new.algorithm} and {old.algorithm} side by side"
    return f"{both}; the {old.algorithm} one is taken off"


def _way_back(exchange: Exchange) -> str:
    if _first(exchange):
        return ""
    if exchange.present is None:
        return "no rollback: CAS does not hold the certificate in place"
    why = exchange.present.why_not_deployable(exchange.now)
    return f"no rollback: of the certificate in place, {why}" if why else ""


def _shared(around: Surroundings) -> str:
    whole = "its listener holds the new certificate once, for several slots; a rollback is left to a person"
    return whole if around.shared else ""


def _key_size(exchange: Exchange) -> str:
    old, new = exchange.present, exchange.certificate
    if old is None or old.algorithm != new.algorithm or None in (old.key_size, new.key_size):
        return ""
    return (
        "" if old.key_size == new.key_size else f"the size of the key changes ({key_of(old)} → {key_of(new)})"
    )


def _issuer(exchange: Exchange) -> str:
    new, old = exchange.standing, exchange.standing_before
    if old is None or not (old.issuer and new.issuer) or old.issuer == new.issuer:
        return ""
    return f"the issuer changes ({_issued(old)} → {_issued(new)})"


def _issued(standing: Standing) -> str:
    """Such as "Corp CA 1, private"."""
    trust = "trust not known" if standing.trust is Trust.UNKNOWN else standing.trust.value
    return f"{standing.issuer}, {trust}" if standing.issuer else trust


def _sooner(exchange: Exchange) -> str:
    lost = days_gained(exchange)
    if lost is None or exchange.ends is None or exchange.certificate.not_after >= exchange.ends:
        return ""
    return f"it ends {_days(-lost)} sooner, on {exchange.certificate.not_after:%Y-%m-%d}"


def _soon(exchange: Exchange, warning_days: Sequence[float]) -> str:
    certificate, now = exchange.certificate, exchange.now
    told = certificate.status is CertificateStatus.WILL_EXPIRE
    if not told and passed_time(certificate, now, warning_days) is None:
        return ""
    return f"it ends in {_days(whole_days(certificate.not_after - now))}, on {certificate.not_after:%Y-%m-%d}"


def _days(count: int) -> str:
    return {0: "less than a day", 1: "1 day"}.get(count, f"{count} days")
