"""Whether a certificate may go onto a slot, and if not, why not: a sentence for a person."""

from collections.abc import Callable, Sequence, Set
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.engines import Engine
from shared.domain.names import for_display
from shared.domain.policies import Mode
from shared.domain.policy_book import NOTHING_SAID, Effective
from shared.domain.replacing import COVERED, FRONTED, Exchange, by_its_names, by_itself
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.scope import rule_of
from shared.domain.trust import Standing

#: Where HTTPS may be switched on by a deployment; everywhere else a certificate is only replaced.
FIRST_DEPLOYMENT: Set[CloudProduct] = {CloudProduct.CDN, CloudProduct.DCDN}

_PAIR = (
    "its listener has {0} and {1} side by side, and {0} would take the place of {1}; name the slot to do so"
)

ELSEWHERE = "account"  #: the rule that keeps a certificate away that only CAS of another account has
NOT_COVERED = "names"  #: the rule that keeps a certificate away from names that it is not for


class Action(str, Enum):
    DEPLOY = "deploy"
    LEAVE = "leave"


class Decision(NamedTuple):
    action: Action
    rule: str  #: the name of the one that keeps the certificate away; "" where it may go
    reason: str
    gave_way: bool = False  #: another may suit better: this one only, since what is in place is at its end
    draft: bool = False  #: by a policy, its job waits for approval
    accept_outage: bool = False  #: by a policy
    engine: Engine | None = None  #: by a policy


def leave(rule: str, reason: str) -> Decision:
    return Decision(Action.LEAVE, rule, reason)


def decide(
    certificate: Certificate,
    resource: CloudResource,
    present: Certificate | None,
    *,
    now: datetime,
    missing: Sequence[str],
    first_deployment: bool = False,
    standing: Callable[[Certificate], Standing],
    automatic: bool = False,
    batch: bool = False,
    kinds_beside: Set[str] = frozenset(),
    named: bool = False,
    policy: Effective = NOTHING_SAID,
) -> Decision:
    """Decide for one slot. `present` is the certificate in place, if CAS knows it.

    `missing`: the names of the slot that the certificate does not cover.
    `first_deployment`: the job may switch HTTPS on where that is allowed.
    `batch`: the job has several certificates, which some slots are left out of.
    `kinds_beside`: kinds of key that the slot's listener has for its names, if pairs of them are to stay.
    `named`: a person has named this very slot.
    `automatic`: nobody looks at the plan, so only what the rules of `replacing` allow is taken.
    `policy`: what an automatic plan keeps to; see `consequences` for what a job by hand is told.
    """
    if not resource.domains:
        unknown = "the names it answers to are not known, since CAS does not hold its certificate"
        if resource.other_names:
            unknown = f"its certificate is for no DNS name, only for {', '.join(resource.other_names[:3])}"
        rule = rule_of(resource.obstacle) if resource.obstacle else NOT_COVERED
        return leave(rule, resource.obstacle or unknown)
    if missing:
        return leave(NOT_COVERED, f"not covered: {', '.join(map(for_display, missing))}")
    if resource.cert_identifier == certificate.identifier:
        return leave("in-place", "it serves this certificate already")
    if resource.obstacle:
        return leave(rule_of(resource.obstacle), resource.obstacle)
    if batch and resource.batch_obstacle:
        return leave("batch", resource.batch_obstacle)
    why = COVERED
    if not resource.https or not resource.cert_identifier:
        if why_not := _why_no_first(resource, policy.first_deployment if automatic else first_deployment):
            return leave("first", why_not)
        why = f"first deployment, as {'a policy allows' if automatic else 'asked'}"
    if present and present.algorithm != certificate.algorithm and certificate.algorithm in kinds_beside:
        return leave("pair", _PAIR.format(certificate.algorithm, present.algorithm))
    if named or not (automatic or resource.fronted_by):
        return Decision(Action.DEPLOY, "", why, engine=policy.engine)
    before = standing(present) if present else None
    exchange = Exchange(certificate, standing(certificate), resource, present, before, now, policy)
    verdict = by_itself(exchange) if automatic else by_its_names(exchange)
    if not verdict.allowed:
        return leave(verdict.rule, verdict.reason)
    asks = policy.require_approval and f"{policy.require_approval_by} requires approval"
    says = policy.deploy is Mode.DRAFT and f"{policy.deploy_by} says draft"
    draft = automatic and (says or asks)
    return Decision(
        Action.DEPLOY,
        "",
        (verdict.reason if verdict.gave_way else why) + (f"; {draft}" if draft else ""),
        gave_way=bool({*verdict.gave_way} - {FRONTED}),  # of which certificate it is, that says nothing
        draft=bool(draft),
        accept_outage=automatic and policy.accept_outage,
        engine=policy.engine,
    )


def _why_no_first(resource: CloudResource, asked: bool) -> str:
    if resource.product not in FIRST_DEPLOYMENT:
        return "it has no certificate; the first one is set in the product's console"
    if not asked:
        return "HTTPS is off; a job switches it on only when asked to (first deployment)"
    return ""


def latest(certificates: list[Certificate], now: datetime) -> list[Certificate]:
    """The deployable ones, the one that is valid longest first; equal ends by id, newest first.

    Test certificates come last: one is never chosen where another may go.
    """
    usable = [c for c in certificates if c.why_not_deployable(now) is None]
    return sorted(
        usable,
        key=lambda c: (c.source is not CertificateSource.TEST, c.not_after, c.cert_id),
        reverse=True,
    )
