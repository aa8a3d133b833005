"""The baseline: what the first scan of a store finds, and each scan until the first discovery begins.

What was there then starts nothing by itself. News is what happens afterwards: a certificate that comes into
CAS, a warning time that passes. A store or a product that is added later has a baseline of its own.
"""

from shared.domain.accounts import account_of
from shared.domain.certificates import CertificateRecord
from shared.domain.warning_times import looked_at, passed_time, warning_times
from shared.services.policies import ReadPolicies
from shared.services.world import World


def is_baseline(world: World, home: str) -> bool:
    """Whether what a scan of the store finds now was there before this installation began its work there."""
    if not world.scans.has_baseline(home):
        return True
    account = account_of(home)
    return all(status.account != account for status in world.syncs.of(world.policy.products))


def as_found(world: World, record: CertificateRecord, policies: ReadPolicies) -> CertificateRecord:
    """With all that has happened to the certificate so far dealt with, but for what must be told.

    That is an end within the last warning time, or before now: it is told when the slots are known.
    """
    days = policies.warning_days(record.certificate)
    now = world.clock()
    record = record.evolve(issued_handled=True)
    if passed_time(record.certificate, now, days) == warning_times(record.certificate, days)[-1]:
        return record.evolve(only_told=True)
    return record.evolve(expiring_handled_days=looked_at(record.certificate, now, days))
