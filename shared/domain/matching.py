"""Whether a certificate may go onto a slot, and if not, why not: a sentence for a person."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.names import for_display
from shared.domain.resources import CloudProduct, CloudResource

#: Where HTTPS may be switched on by a deployment; everywhere else a certificate is only replaced.
FIRST_DEPLOYMENT: Set[CloudProduct] = {CloudProduct.CDN, CloudProduct.DCDN}


class Action(str, Enum):
    DEPLOY = "deploy"
    LEAVE = "leave"


@dataclass(frozen=True)
class Decision:
    action: Action
    reason: str


def leave(reason: str) -> Decision:
    return Decision(Action.LEAVE, reason)


Kin = tuple[str, bool]


def kin(certificate: Certificate) -> Kin:
    """What `decide` looks at in a certificate besides its names and its end.

    Of two that are alike in this, the one that ends later may go wherever the other may; unless it is
    there already.
    """
    return certificate.algorithm, certificate.source is CertificateSource.BUY


def decide(
    certificate: Certificate,
    resource: CloudResource,
    present: Certificate | None,
    *,
    missing: Sequence[str],
    first_deployment: bool = False,
    automatic: bool = False,
    batch: bool = False,
) -> Decision:
    """Decide for one slot. `present` is the certificate in place, if CAS knows it.

    `missing`: the names of the slot that the certificate does not cover.
    `first_deployment`: the job may switch HTTPS on where that is allowed.
    `batch`: the job has several certificates, which some slots are left out of.
    `automatic`: nobody looks at the plan, so only a renewal in the narrow sense is taken: the same
    kind of key, a later end than that of the certificate in place, and a way back to that one.
    """
    if not resource.domains:
        unknown = "the names it answers to are not known, since CAS does not hold its certificate"
        return leave(resource.obstacle or unknown)
    if missing:
        return leave(f"not covered: {', '.join(map(for_display, missing))}")
    if resource.cert_identifier == certificate.identifier:
        return leave("it serves this certificate already")
    if resource.obstacle:
        return leave(resource.obstacle)
    if batch and resource.batch_obstacle:
        return leave(resource.batch_obstacle)
    if not resource.https or not resource.cert_identifier:
        if resource.product not in FIRST_DEPLOYMENT:
            return leave("it has no certificate; the first one is set in the product's console")
        if not first_deployment:
            return leave("HTTPS is off; a job switches it on only when asked to (first deployment)")
        return Decision(Action.DEPLOY, "first deployment, as asked")
    if automatic:
        if present is None:
            return leave("CAS does not hold the certificate in place, to put it back; create a job by hand")
        if certificate.not_after <= present.not_after:
            return leave(f"the certificate in place is valid longer, until {present.not_after:%Y-%m-%d}")
        if present.source is CertificateSource.BUY and certificate.source is not CertificateSource.BUY:
            return leave("the certificate in place was bought, this one was not; create a job by hand")
        if present.algorithm != certificate.algorithm:
            change = f"{present.algorithm} → {certificate.algorithm}"
            return leave(f"the kind of key would change ({change}); create a job by hand")
    return Decision(Action.DEPLOY, "its names are covered")


def latest(certificates: list[Certificate], now: datetime) -> list[Certificate]:
    """The deployable ones, the one that is valid longest first; equal ends by id, newest first."""
    usable = [c for c in certificates if c.why_not_deployable(now) is None]
    return sorted(usable, key=lambda c: (c.not_after, c.cert_id), reverse=True)
