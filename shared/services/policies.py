"""The stored policies, read. A document that cannot be read stops what happens by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.jobs import WorkerResource
from shared.domain.policies import Policies, PolicyText
from shared.domain.policy_book import PolicyBook, no_policies, unreadable_policies
from shared.domain.resources import CloudResource
from shared.domain.waves import AskedWaves, Waves, of_job
from shared.errors import InvalidRequestError, UnreadableRowError
from shared.services.world import World
from shared.validation.policies import parse_policies

_READ_ANEW: Final = timedelta(seconds=5)
_MEND: Final = "`certdeploy policy set FILE` stores another document"


@dataclass(frozen=True)
class ReadPolicies:
    book: PolicyBook
    days: tuple[float, ...]  #: warning times of certificates that no policy is about; empty = by lifetime
    unreadable: str = ""  #: why the document cannot be read, and what to do

    def warning_days(self, certificate: Certificate) -> tuple[float, ...]:
        return self.book.warning_days(certificate) or self.days

    def warning_days_at(self, resource: CloudResource) -> tuple[float, ...]:
        """Of the certificate in place, where CAS does not know it."""
        return self.book.warning_days_at(resource) or self.days


class PoliciesByNow:
    """The stored policies in a function that works for minutes: read anew after a few seconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: tuple[datetime, ReadPolicies] | None = None

    def why_not(self, worker: WorkerResource) -> str:
        """Why an automatic job may not put its certificate there any more; "" if it may.

        Raises:
            InvalidRequestError: the document cannot be read.
        """
        world, policies = self._world, self._policies()
        if policies.unreadable:
            raise InvalidRequestError(policies.unreadable)
        if policies.book is no_policies():
            return ""
        in_place = world.certificates.find(worker.resource.cert_identifier)
        certificate = world.certificates.get(worker.cert_identifier).certificate
        present = in_place.certificate if in_place else None
        (policy,) = policies.book.for_(worker.resource, present, [certificate])
        return policy.why_not(certificate, world.standing(certificate).issuer)

    def _policies(self) -> ReadPolicies:
        now = self._world.clock()
        if self._read is None or now >= self._read[0] + _READ_ANEW:
            self._read = now, policies_of(self._world)
        return self._read[1]


def policies_of(world: World) -> ReadPolicies:
    """No document: nothing is said. One that cannot be read: everything is off."""
    days = world.policy.expiring_days
    try:
        stored = stored_policies(world)
        return ReadPolicies(_book(stored.text) if stored else no_policies(), days)
    except InvalidRequestError as error:
        return ReadPolicies(unreadable_policies(), days, f"{error}; {_MEND}")


def waves_for(world: World, slots: int, asked: AskedWaves | None = None) -> Waves | None:
    """Of a job of so many slots. `asked`: None: as policies say. None: all at once."""
    if asked is None and (waves := policies_of(world).book.policies.waves) and slots >= waves.from_slots:
        asked = waves.asked
    return of_job(asked)


def stored_policies(world: World) -> PolicyText | None:
    """The text may be one that cannot be read. Raises InvalidRequestError: the row is damaged."""
    try:
        return world.policy_texts.find()
    except UnreadableRowError:
        raise InvalidRequestError("policies: the stored row is damaged") from None


def checked_policies(world: World, text: str) -> Policies:
    """Raises InvalidRequestError: it is no document, or names contacts that nobody has added; every fault."""
    policies = parse_policies(text)
    parts = PolicyBook(policies, defaults="defaults").parts()
    known = world.contacts.find_many({one for _, part in parts for one in part.contacts or ()})
    if unknown := [
        f"{label}, contacts: there is no contact {one}"
        for label, part in parts
        for one in part.contacts or ()
        if one not in known
    ]:
        raise InvalidRequestError(
            f"policies: {'; '.join(unknown)}; `certdeploy contact list` shows those that there are"
        )
    return policies


def store_policies(world: World, text: str, *, version: int) -> PolicyText:
    """Store a document in the place of the one of that `version`; 0: of none.

    Raises:
        InvalidRequestError: it is none, with every fault.
        ConflictError: another one has been stored meanwhile.
    """
    checked_policies(world, text)
    return world.policy_texts.save(PolicyText(text=text, set_at=world.clock(), version=version))


@lru_cache(maxsize=4)
def _book(text: str) -> PolicyBook:
    return PolicyBook(parse_policies(text))
