"""What an automatic plan would put on a slot, and what it keeps away and why: by the very same choice."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from pydantic import AwareDatetime

from shared.domain.certificates import Certificate
from shared.domain.cover import Cover
from shared.domain.matching import NOT_COVERED, Action, Decision, latest, leave
from shared.domain.resources import CloudResource
from shared.domain.values import Wire
from shared.services.policies import policies_of
from shared.services.world import World

_NOTHING_BETTER: Final = frozenset({"in-place", "later-end"})


class KeptAway(Wire):
    """The first certificate that covers a slot and does not go there by itself."""

    cert_identifier: str
    not_after: AwareDatetime
    rule: str
    reason: str


@dataclass(frozen=True)
class Best:
    """`identifier`: what goes there by itself, or what is in place where that may stay; "": neither."""

    identifier: str = ""
    not_after: datetime | None = None
    kept_away: KeptAway | None = None
    covered: bool = True  #: some certificate covers it


class Choice:
    """Among all deployable certificates of some."""

    def __init__(self, world: World, certificates: list[Certificate]) -> None:
        self._now = world.clock()
        self._ordered = latest(certificates, self._now)
        self.policies = policies_of(world).book
        self._cover = Cover(self._ordered, self._now, world.standing, self.policies)

    def by_itself(
        self, resource: CloudResource, present: Certificate | None
    ) -> tuple[Certificate, Decision] | None:
        """None: there is no certificate."""
        return self._cover.choose(resource, present, automatic=True) if self._ordered else None

    def unknown(self, resource: CloudResource) -> tuple[str, ...]:
        """Names of the slot that no certificate covers."""
        return tuple(name for name in resource.domains if not self._cover.knows(name))

    def best(self, resource: CloudResource, present: Certificate | None) -> Best:
        """Of a slot that no certificate covers there is none."""
        chosen = self.by_itself(resource, present)
        if chosen is None or not resource.domains or chosen[1].rule == NOT_COVERED:
            return Best(covered=False)
        certificate, decision = chosen
        if decision.action is Action.DEPLOY:
            return Best(certificate.identifier, certificate.not_after)
        end = present.not_after if present else resource.cert_not_after
        if decision.rule in _NOTHING_BETTER:
            return Best(resource.cert_identifier, end)
        kept = KeptAway(
            cert_identifier=certificate.identifier,
            not_after=certificate.not_after,
            rule=decision.rule,
            reason=decision.reason,
        )
        stays = present is not None and present.why_not_deployable(self._now) is None
        return Best(resource.cert_identifier, end, kept) if stays else Best(kept_away=kept)


@dataclass(frozen=True)
class OneAmongAll:
    """Whether one certificate would go onto slots by itself, where all others are weighed too."""

    world: World
    certificate: Certificate
    among: Choice

    @cached_property
    def _alone(self) -> Cover:
        world = self.world
        return Cover([self.certificate], world.clock(), world.standing, self.among.policies)

    def decide(self, resource: CloudResource, present: Certificate | None) -> Decision:
        chosen = self.among.by_itself(resource, present)
        if chosen is not None and chosen[0].identifier == self.certificate.identifier:
            return chosen[1]
        _, own = self._alone.choose(resource, present, automatic=True)
        if own.action is Action.LEAVE:
            return own
        if why := self.certificate.why_not_deployable(self.world.clock()):
            return leave("certificate", why)
        if chosen is None:
            return own
        other, decision = chosen
        if decision.action is Action.DEPLOY:
            return leave("another", f"{other.identifier} goes there instead")
        return decision
