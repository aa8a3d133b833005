"""What may take the place of another certificate by itself, when nobody looks: one function for each rule.

A rule says in a sentence why not, or nothing. Some give way where what is in place has expired or is in its
last days: there a valid certificate beats what clients refuse soon. The kind of key gives way on the last day
only: clients that take one kind alone are turned away by the change, and until the end they need not be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.levels import Evidence, Validation
from shared.domain.policy_book import NOTHING_SAID, Effective
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.trust import ChainState, Standing, Trust

_LAST_DAYS: Final = timedelta(days=7)  #: at most
_LAST_DAY: Final = timedelta(days=1)
_LAST_PART: Final = 12  #: of a lifetime: of 90 days, the last 7.5
USUAL_LIFE: Final = timedelta(days=90)  #: of a certificate of which only the end is known
FRONTED: Final = "fronted"  #: the rule that is told last: but for the front, it would be replaced
COVERED: Final = "its names are covered"  #: the reason where nothing else is to be said
Kin: TypeAlias = tuple[str, str, int | None, tuple[str, ...], Standing]


def kin(certificate: Certificate, standing: Standing) -> Kin:
    """What the rules look at in a certificate besides its names and its end.

    Of two that are alike in this, the one that ends later may go wherever the other may; unless it is
    there already.
    """
    source, others = certificate.source.value, certificate.other_names
    return certificate.algorithm, source, certificate.key_size, others, standing


def last_days(life: timedelta) -> timedelta:
    """Of a certificate that lives so long: there some rules give way."""
    return min(life / _LAST_PART, _LAST_DAYS)


def last_day(life: timedelta) -> timedelta:
    """The end of its last days, where the kind of key gives way too."""
    return min(life / _LAST_PART, _LAST_DAY)


class Hurry(IntEnum):
    """How near the end of what is in place is."""

    NONE = 0
    LAST_DAYS = 1
    LAST_DAY = 2  #: or it has expired


class Exchange(NamedTuple):
    """A certificate, and the slot that it would be put on."""

    certificate: Certificate
    standing: Standing  #: of the certificate
    resource: CloudResource
    present: Certificate | None  #: the one in place, if CAS knows it
    standing_before: Standing | None  #: of the one in place
    now: datetime
    policy: Effective = NOTHING_SAID

    @property
    def ends(self) -> datetime | None:
        """Of what is in place, as far as CAS or the product tells."""
        return self.present.not_after if self.present else self.resource.cert_not_after

    @property
    def hurry(self) -> Hurry:
        if self.ends is None:
            return Hurry.NONE
        life = self.ends - self.present.not_before if self.present else USUAL_LIFE
        left = self.ends - self.now
        if left <= last_day(life):
            return Hurry.LAST_DAY
        return Hurry.LAST_DAYS if left <= last_days(life) else Hurry.NONE


@dataclass(frozen=True)
class Rule:
    """`why_not` says what is against it; "" if nothing is."""

    name: str
    why_not: Callable[[Exchange], str]
    gives_way: Hurry | None = None  #: in what hurry; None: in none
    by_hand: bool = True  #: a person may do it all the same
    how: str = "create a job by hand"


class Verdict(NamedTuple):
    allowed: bool
    rule: str  #: the one that keeps it away; "" if none does
    reason: str
    gave_way: tuple[str, ...] = ()  #: rules that would have kept it away but for the hurry


def by_itself(exchange: Exchange) -> Verdict:
    return _held(exchange, RULES)


def by_its_names(exchange: Exchange) -> Verdict:
    """What a job by hand takes that names no slots, but gets all whose names its certificates cover."""
    return _held(exchange, _OF_NAMES)


def _held(exchange: Exchange, rules: Iterable[Rule]) -> Verdict:
    gave_way: dict[str, str] = {}
    for rule in rules:
        if not (why_not := rule.why_not(exchange)):
            continue
        if rule.gives_way is None or exchange.hurry < rule.gives_way:
            return Verdict(False, rule.name, f"{why_not}; {rule.how}" if rule.by_hand else why_not)
        gave_way[rule.name] = why_not
    if not gave_way or exchange.ends is None:
        return Verdict(True, "", COVERED)
    tense = "ended" if exchange.ends <= exchange.now else "ends"
    why = f"what is in place {tense} on {exchange.ends:%Y-%m-%d}, so it is replaced although "
    return Verdict(True, "", why + " and ".join(gave_way.values()), tuple(gave_way))


def _policy(exchange: Exchange) -> str:
    return exchange.policy.why_not(exchange.certificate, exchange.standing.issuer)


def _other_names(exchange: Exchange) -> str:
    """Addresses and the like that the one in place is for: clients may ask for them in their own way."""
    lost = set(exchange.resource.other_names) - set(exchange.certificate.other_names)
    if not lost:
        return ""
    told = [name for name in exchange.resource.other_names if name in lost]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return f"the certificate in place is also for {', '.join(told[:3])}{more}, this one is not"


def _way_back(exchange: Exchange) -> str:
    if exchange.present or not exchange.resource.cert_identifier:
        return ""
    return "CAS does not hold the certificate in place, to put it back"


def _later_end(exchange: Exchange) -> str:
    """The same end is late enough for one whose chain is complete where that in place lacks it."""
    ends, old = exchange.ends, exchange.standing_before
    if ends is None or exchange.certificate.not_after > ends:
        return ""
    lacking = old is not None and old.chain in (ChainState.LEAF_ONLY, ChainState.BROKEN)
    if lacking and exchange.standing.chain is ChainState.COMPLETE and exchange.certificate.not_after == ends:
        return ""
    return f"the certificate in place is valid longer, until {ends:%Y-%m-%d}"


def _trust(exchange: Exchange) -> str:
    """Public for public, the same private CA for a private one; the same issuer is trusted alike.

    A name alone tells who signed it: see `trust`. So in place of a public one the issuer's name is enough
    only if clients have to accept the chain afterwards. Of a certificate that CAS does not know nothing is
    told: it is taken for a public one.
    """
    new, old = exchange.standing, exchange.standing_before
    if new.trust is Trust.SELF_SIGNED:
        return "it is self-signed, which no client trusts by itself"
    if old is None:
        there = exchange.resource.cert_identifier
        before = "of the one in place nothing is known" if there else "there is none in place"
        return "" if new.public_root else f"{_told(new)}, and {before}"
    if new.issuer and new.issuer == old.issuer and (new.needs_acceptance or not old.public_root):
        return ""
    if old.public_root and new.added_root and not old.added_root:
        return (
            f"its root ({new.root}) is one that CERTDEPLOY_ROOTS adds, everybody has that of the one in place"
        )
    if old.public_root:
        return "" if new.public_root else f"{_told(new)}, the one in place is {old}"
    same_root = bool(new.root) and new.root == old.root
    if old.trust is Trust.PRIVATE and new.trust is Trust.PRIVATE and same_root:
        return ""
    if old.trust is Trust.UNKNOWN:
        return "it has another issuer than the one in place, of which it is not known who trusts it"
    return f"{_told(new)}, the one in place is {old}"


def _told(standing: Standing) -> str:
    untold = "who trusts it is not known (CAS does not tell its chain)"
    return untold if standing.trust is Trust.UNKNOWN else f"it is {standing}"


def _level(exchange: Exchange) -> str:
    new, old = exchange.standing, exchange.standing_before
    if old is None or old.validation.rank <= max(Validation.DV.rank, new.validation.rank):
        return ""
    return f"the one in place is {old.validation.value}, this one is {_level_of(new)}"


def _level_of(standing: Standing) -> str:
    if standing.validation is Validation.UNKNOWN:
        return "of no known level"
    unsure = " as far as CAS tells" if standing.validation_by is Evidence.OWNER else ""
    return f"{standing.validation.value}{unsure}"


def _chain(exchange: Exchange) -> str:
    if exchange.standing.chain is ChainState.LEAF_ONLY:
        return "CAS holds it without the certificate of its issuer; upload it with its full chain"
    if exchange.standing.chain is ChainState.BROKEN:
        return "the chain that CAS holds with it is broken; upload it with its full chain"
    return ""


def _bought(exchange: Exchange) -> str:
    present = exchange.present
    if present is None or present.source is not CertificateSource.BUY:
        return ""
    bought = exchange.certificate.source is CertificateSource.BUY
    return "" if bought else "the certificate in place was bought, this one was not"


def _test(exchange: Exchange) -> str:
    if exchange.certificate.source is not CertificateSource.TEST:
        return ""
    present = exchange.present
    if present is None and not exchange.resource.cert_identifier:
        return "it is a test certificate"
    same = present is not None and present.source is CertificateSource.TEST
    return "" if same else "it is a test certificate, the one in place is not"


def _key(exchange: Exchange) -> str:
    """Of one that CAS does not know the product may show it."""
    present, new = exchange.present, exchange.certificate.algorithm
    there = present.algorithm if present else exchange.resource.cert_key.partition(" ")[0]
    return "" if there in ("", new) else f"the kind of key changes ({there} → {new})"


def _acm_key(exchange: Exchange) -> str:
    """ACM imports under an ARN that is there only a key of the same kind and size, as ACM tells it or CAS."""
    present, resource = exchange.present, exchange.resource
    if (resource.product, resource.kind) != (CloudProduct.AWS, "acm"):
        return ""
    there, new = resource.cert_key or (_sized(present) if present else ""), _sized(exchange.certificate)
    if there in ("", new):
        return ""
    return f"ACM takes only the kind and size of key that it has under this ARN ({there} → {new})"


def _sized(certificate: Certificate) -> str:
    return key_of(certificate) if certificate.key_size else f"{certificate.algorithm} of unknown size"


def _fronted(exchange: Exchange) -> str:
    """The vendor has the certificate replaced on the CDN: what the bucket has, no client is shown."""
    if not (front := exchange.resource.fronted_by):
        return ""
    return f"a {front.partition('/')[0]} domain of the same name is in service in front of it ({front})"


def key_of(certificate: Certificate) -> str:
    return f"{certificate.algorithm} {certificate.key_size or ''}".strip()


def why_less_trusted(exchange: Exchange) -> str:
    """Why clients can rely on the certificate less than on the one in place, whichever ends later; or "".

    One that stands as the other does is as good, whatever it is.
    """
    if exchange.standing.is_like(exchange.standing_before):
        return ""
    found = (rule(exchange) for rule in (_chain, _trust, _level, _test))
    return next((why for why in found if why), "")


#: In the order in which they are told.
RULES: Final = (
    Rule("policy", _policy),
    Rule("other-names", _other_names),
    Rule("way-back", _way_back, gives_way=Hurry.LAST_DAYS),
    Rule("later-end", _later_end, by_hand=False),
    Rule("chain", _chain, by_hand=False),
    Rule("trust", _trust),
    Rule("level", _level),
    Rule("bought", _bought, gives_way=Hurry.LAST_DAYS),
    Rule("test", _test, gives_way=Hurry.LAST_DAYS),
    Rule("acm-key", _acm_key, by_hand=False),
    Rule("key", _key, gives_way=Hurry.LAST_DAY),
    Rule(FRONTED, _fronted, Hurry.LAST_DAYS, how="a job by hand takes it if it names the slot"),
)
_OF_NAMES: Final = tuple(rule for rule in RULES if rule.name == FRONTED)
