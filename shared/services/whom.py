"""Whom something concerns: contacts that a job or policies name, or those by default; those that are gone."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from shared.domain.certificates import Certificate
from shared.domain.jobs import DeploymentJob
from shared.domain.policy_book import Effective
from shared.domain.resources import ResourceRecord
from shared.services.policies import policies_of
from shared.services.world import World

log = logging.getLogger("certdeploy.notify")


class Whom:
    """`gone`: contacts that are named and that there are no more, by who names them."""

    def __init__(self, world: World) -> None:
        self._world = world
        contacts = list(world.contacts.list())
        self._known = {contact.contact_id for contact in contacts}
        self.default = tuple(contact.contact_id for contact in contacts if contact.default)
        self.book = policies_of(world).book
        self.gone: dict[tuple[str, int], None] = {}

    def of_job(self, job: DeploymentJob | None) -> Sequence[int]:
        """Of a job that a person made without any, those by default are not told: that person sees it."""
        if job is None:
            return self.default
        if job.contact_ids:
            return self._there(job.contact_ids, f"job {job.job_id}")
        usual = self.default if job.automatic else ()
        if not self.book.names_contacts:
            return usual
        workers = list(self._world.workers.list(job.job_id))
        known = self._certificates(
            name for one in workers for name in (one.cert_identifier, one.resource.cert_identifier)
        )
        found: dict[int, None] = {}
        for one in workers:
            wanted = known.get(one.cert_identifier)
            policies = self.book.for_(
                one.resource, known.get(one.resource.cert_identifier), [wanted] if wanted else []
            )
            for policy in policies:
                found.update(dict.fromkeys(self._by(policy, usual)))
        return tuple(found)

    def of_records(self, records: Iterable[ResourceRecord]) -> dict[int, list[str]]:
        """Slots by contact."""
        held = list(records)
        known = self._certificates(record.resource.cert_identifier for record in held)
        found: dict[int, list[str]] = defaultdict(list)
        for record in held:
            slot = record.resource
            numbers = self.book.of(slot, known.get(slot.cert_identifier)).numbers
            for contact in self._by(self.book.effective(numbers), self.default):
                found[contact].append(slot.slot)
        return found

    def of_certificate(self, identifier: str) -> Sequence[int]:
        """Of one that no slot is known to have."""
        known = self._certificates([identifier]).get(identifier)
        return self._by(self.book.for_certificate(known), self.default) if known else self.default

    def with_gone(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.gone:
            return body
        return {**body, "ContactsGone": [{"By": by, "ContactId": one} for by, one in self.gone]}

    def _by(self, policy: Effective, usual: Sequence[int]) -> Sequence[int]:
        return self._there(policy.contacts, policy.contacts_by) if policy.contacts else usual

    def _there(self, named: Sequence[int], by: str) -> Sequence[int]:
        """Those that there still are; if there are none, those by default, who learn of it."""
        gone = [one for one in named if one not in self._known]
        for one in gone:
            if (by, one) not in self.gone:
                log.warning("a contact that is named is gone", extra={"named_by": by, "contact_id": one})
            self.gone[by, one] = None
        return tuple(one for one in named if one in self._known) or self.default

    def _certificates(self, identifiers: Iterable[str]) -> dict[str, Certificate]:
        found = self._world.certificates.find_many(dict.fromkeys(filter(None, identifiers)))
        return {name: record.certificate for name, record in found.items()}
