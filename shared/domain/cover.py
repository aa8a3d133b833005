"""Which of many certificates go onto a slot: a look-up by its names, however many there are of either."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.matching import ELSEWHERE, Action, Decision, decide, leave
from shared.domain.names import patterns, uncovered
from shared.domain.policy_book import PolicyBook, no_policies
from shared.domain.replacing import Kin, kin
from shared.domain.resources import CloudResource
from shared.domain.trust import Standing, Standings

_MATTER: Final = 2  #: of a kin, for one slot: the longest valid, and the next where that one is in place
_Placed = tuple[int, Certificate]  #: with its place in the order


class Cover:
    """Certificates in the order in which they are preferred, to be looked up by the names that they cover."""

    def __init__(
        self,
        ordered: Sequence[Certificate],
        now: datetime,
        standing: Callable[[Certificate], Standing],
        policies: PolicyBook | None = None,
    ) -> None:
        """`standing`: how widely a certificate is trusted; asked once for each."""
        policies = no_policies() if policies is None else policies
        self._now, self._standing, self._policies = now, Standings(standing), policies
        self._first = ordered[:1]
        self._names_of_first = frozenset(name for one in self._first for name in one.names)
        self._kins: dict[tuple[Kin, str, str], _OfOneKin] = {}
        for place, certificate in enumerate(ordered):
            apart = certificate.identifier if policies.names(certificate) else ""
            own = kin(certificate, self._standing(certificate)), certificate.account, apart
            self._kins.setdefault(own, _OfOneKin()).add(place, certificate)

    def knows(self, name: str) -> bool:
        """Whether any of the certificates covers it."""
        return any(one.of([patterns(name)]) for one in self._kins.values())

    def of(self, names: Sequence[str]) -> list[Certificate]:
        """Those that cover all the names, in their order; of each kin the first two, others do not matter.

        No names: nothing is known to be covered.
        """
        ways = [patterns(name) for name in names]
        found = [placed for one in self._kins.values() for placed in one.of(ways)]
        return [certificate for _, certificate in sorted(found, key=_place)]

    def choose(
        self,
        resource: CloudResource,
        present: Certificate | None,
        *,
        first_deployment: bool = False,
        automatic: bool = False,
        batch: bool = False,
        kinds_beside: Set[str] = frozenset(),
        named: bool = False,
    ) -> tuple[Certificate, Decision]:
        """The first that may go there, best without a rule that gives way; else the first that at least
        covers it, to give its reason; else the first of all. There must be one. Options as of `decide`.

        A slot takes what CAS has in its own account. What another one has is told, if nothing there may go.
        """
        covering = self.of(resource.domains)
        missing = () if covering else uncovered(resource.domains, self._names_of_first)
        near = [one for one in covering if one.account == resource.account]
        far = [one for one in covering if one.account != resource.account and not _is_copied(one, near)]

        def decided(some: Sequence[Certificate]) -> Iterator[tuple[Certificate, Decision]]:
            for certificate, policy in zip(some, self._policies.for_(resource, present, some), strict=True):
                yield (
                    certificate,
                    decide(
                        certificate,
                        resource,
                        present,
                        now=self._now,
                        missing=missing,
                        standing=self._standing,
                        first_deployment=first_deployment,
                        automatic=automatic,
                        batch=batch,
                        kinds_beside=kinds_beside,
                        named=named,
                        policy=policy,
                    ),
                )

        held = []
        for one in decided(near if covering else self._first):
            if one[1].action is Action.DEPLOY and not one[1].gave_way:
                return one
            held.append(one)
        if found := next((one for one in held if one[1].action is Action.DEPLOY), None):
            return found
        for certificate, decision in decided(far):
            if decision.action is Action.DEPLOY:
                return certificate, leave(ELSEWHERE, _elsewhere(certificate, resource))
            held.append((certificate, decision))
        return held[0]


def _is_copied(certificate: Certificate, copies: Sequence[Certificate]) -> bool:
    same = certificate.fingerprint, certificate.not_after
    return bool(certificate.fingerprint) and any((c.fingerprint, c.not_after) == same for c in copies)


def _elsewhere(certificate: Certificate, resource: CloudResource) -> str:
    whose = f"account {resource.account}" if resource.account else "this installation's account"
    command = f"certdeploy certificate carry {certificate.identifier}"
    return f"CAS of {whose} does not have it; `{command}` copies it there"


@dataclass(eq=False, frozen=True)
class _Line:
    """Certificates of one kin for the same names, renewals of one another: those that matter."""

    names: frozenset[str]
    certificates: list[_Placed] = field(default_factory=list)


class _OfOneKin:
    """Look-up among certificates that `decide` tells apart by their ends only."""

    def __init__(self) -> None:
        self._lines: dict[frozenset[str], _Line] = {}
        self._by_name: dict[str, list[_Line]] = {}  #: each list in the order
        self._found: dict[frozenset[tuple[str, ...]], list[_Placed]] = {}

    def add(self, place: int, certificate: Certificate) -> None:
        names = frozenset(certificate.names)
        if (line := self._lines.get(names)) is None:
            line = self._lines[names] = _Line(names)
            for name in names:
                self._by_name.setdefault(name, []).append(line)
        if len(line.certificates) < _MATTER:
            line.certificates.append((place, certificate))

    def of(self, ways: Sequence[Sequence[str]]) -> list[_Placed]:
        """The first that cover all of some names. `ways`: for each name, the patterns that cover it; names
        that the same patterns cover are the same question.
        """
        wanted = frozenset([tuple([one for one in some if one in self._by_name]) for some in ways])
        if (found := self._found.get(wanted)) is None:
            found = self._found[wanted] = self._find(wanted)
        return found

    def _find(self, wanted: frozenset[tuple[str, ...]]) -> list[_Placed]:
        """Only the lines of the rarest name are looked at, and of these only until enough are found."""
        if not wanted or () in wanted:
            return []
        rarest = min(wanted, key=lambda ways: sum(len(self._by_name[one]) for one in ways))
        lines = merge(*(self._by_name[one] for one in rarest), key=lambda line: _place(line.certificates[0]))
        found: list[_Line] = []
        for line in lines:  # one with both names of `rarest` comes twice, one right after the other
            if found[-1:] != [line] and all(not line.names.isdisjoint(ways) for ways in wanted):
                found.append(line)
            if len(found) == _MATTER:
                break
        return sorted((placed for line in found for placed in line.certificates), key=_place)[:_MATTER]


def _place(placed: _Placed) -> int:
    return placed[0]
