"""Slots whose certificate CAS does not know: their end is told, since nothing renews it there."""

from collections import defaultdict
from contextlib import suppress

from shared.domain.events import SlotsExpiring
from shared.domain.resources import ResourceRecord
from shared.domain.warning_times import passed_time_of_end
from shared.errors import ConflictError
from shared.services.policies import ReadPolicies
from shared.services.storing import places_at_work
from shared.services.world import World


def tell_of_strangers(world: World, policies: ReadPolicies) -> None:
    """Once for each certificate and warning time. Not where a job is at work, which may replace it."""
    now = world.clock()
    due: dict[tuple[str, float], list[ResourceRecord]] = defaultdict(list)
    for product in world.policy.products:
        for record in world.resources.list(product):
            resource = record.resource
            if not resource.cert_identifier or resource.cert_not_after is None:
                continue
            passed = passed_time_of_end(resource.cert_not_after, now, policies.warning_days_at(resource))
            news = passed is not None and (record.told_days is None or passed < record.told_days)
            if passed is not None and news and not world.policy.why_barred(resource):
                due[resource.cert_identifier, passed].append(record)
    known = world.certificates.find_many({identifier for identifier, _ in due})
    strangers = {key: records for key, records in due.items() if key[0] not in known}
    busy = places_at_work(world) if strangers else set()
    for (identifier, passed), records in strangers.items():
        if idle := [record for record in records if record.resource.place not in busy]:
            _tell(world, identifier, passed, idle)


def _tell(world: World, identifier: str, passed: float, records: list[ResourceRecord]) -> None:
    """Told first, then remembered: a cut between tells it again, under the same id."""
    ends = min(record.resource.cert_not_after for record in records if record.resource.cert_not_after)
    slots = sorted(record.resource.slot for record in records)
    world.events.publish(
        SlotsExpiring.about(
            slots,
            cert_identifier=identifier,
            not_after=ends,
            days_left=(ends - world.clock()).days,
            threshold_days=passed,
        ),
        id=f"slots-expiring-{identifier}-{passed:g}",
        subject=f"Certificate/{identifier}",
    )
    for record in records:
        with suppress(ConflictError):  # seen again meanwhile
            world.resources.told(record, passed)
