"""A plan is a value with a digest: what would be written where, and what is left alone and why."""

import hashlib
import json
from collections import Counter

from shared.domain.consequences import Consequence, ConsequenceCount, counted
from shared.domain.engines import Engine
from shared.domain.matching import Action
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.values import Wire
from shared.domain.waves import AskedWaves


class StandsBeside(Wire):
    """Another certificate of a slot's listener, for one of the slot's names."""

    cert_identifier: str
    algorithm: str


class PlanEntry(Wire):
    resource: CloudResource
    cert_identifier: str  #: the certificate that was held against the slot
    action: Action
    rule: str = ""  #: the name of the one that keeps the certificate away
    reason: str
    draft: bool = False  #: by a policy, its job waits for approval
    accept_outage: bool = False  #: by a policy
    engine: Engine | None = None  #: by a policy; None: that of the settings
    uploaded: bool | None = None  #: whether the certificate was; None: as the job's type says
    #: Of a preview: what changes beside the certificate.
    warnings: tuple[Consequence, ...] = ()
    days_gained: int | None = None  #: the new certificate ends so much later; negative: sooner
    beside: tuple[StandsBeside, ...] = ()  #: the first few


class Plan(Wire):
    entries: tuple[PlanEntry, ...]
    cert_type: str = ""
    accept_outage: bool = False  #: a product that cannot exchange may take the old certificate off first
    engine: Engine = Engine.DIRECT
    waves: AskedWaves | None = None  #: that its slots are done in; None: all at once
    quota: int = 0  #: of a preview: what the vendor's own job would charge, see `quota.units_of`

    @property
    def deployments(self) -> tuple[PlanEntry, ...]:
        return tuple(entry for entry in self.entries if entry.action is Action.DEPLOY)

    @property
    def left_alone(self) -> tuple[PlanEntry, ...]:
        return tuple(entry for entry in self.entries if entry.action is Action.LEAVE)

    @property
    def warnings(self) -> tuple[ConsequenceCount, ...]:
        """On how many slots each was told."""
        return counted(entry.warnings for entry in self.deployments)

    @property
    def products(self) -> dict[CloudProduct, int]:
        return dict(Counter(entry.resource.product for entry in self.deployments))

    @property
    def digest(self) -> str:
        """The same for the same writes, made in the same way: slot, certificate in place and to come.

        What is done at once and with nothing special has the digest that it had before there were waves.
        """
        writes = sorted(
            (e.resource.slot, e.resource.cert_identifier, e.cert_identifier) for e in self.deployments
        )
        how = ["accept outage"] if self.accept_outage else []
        how += [f"engine {self.engine.value}"] if self.engine is not Engine.DIRECT else []
        how += [_in_waves(self.waves)] if self.waves else []
        return hashlib.sha256(json.dumps([*writes, *how]).encode()).hexdigest()[:16]


def _in_waves(waves: AskedWaves) -> str:
    """Each field on its own: what a later version writes beside them decides nothing."""
    after = f"pause {float(waves.pause_minutes)}, approval {waves.approval}"
    return f"waves {', '.join(waves.canaries)}; {after}; halt {float(waves.halt_at_percent)}"
