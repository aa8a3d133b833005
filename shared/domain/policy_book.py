"""Which rules of the policies match a slot or a certificate, and what they come to: a look-up, no search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from shared.domain.accounts import NOWHERE
from shared.domain.ca_names import ca_key, parts_of
from shared.domain.certificates import Certificate
from shared.domain.engines import Engine
from shared.domain.names import in_letters, patterns
from shared.domain.policies import Mode, Pin, Policies, PolicySettings
from shared.domain.resources import CloudResource

_Keys: TypeAlias = frozenset[tuple[str, str]]  #: (kind, value), as of `Match.given`


@dataclass(frozen=True)
class Effective:
    """What the policies come to for one slot, and which part of them says so."""

    deploy: Mode = Mode.DEPLOY
    deploy_by: str = ""
    pin: Pin | None = None
    pin_by: str = ""
    accept_outage: bool = False
    first_deployment: bool = False
    require_approval: bool = False
    require_approval_by: str = ""
    contacts: tuple[int, ...] = ()  #: who is told; empty: those that are told by default
    contacts_by: str = ""
    engine: Engine | None = None  #: None: that of the settings
    engine_by: str = ""

    @property
    def pinned_to(self) -> Pin | None:
        """None also where a pin is lifted."""
        return self.pin if self.pin and (self.pin.certificate or self.pin.issuer) else None

    def why_not(self, certificate: Certificate, issuer: str) -> str:
        """Why no automatic plan may put the certificate there; "" if one may. `issuer`: name of its CA."""
        if self.deploy is Mode.OFF:
            return f"{self.deploy_by} says off"
        if (pin := self.pinned_to) is None:
            return ""
        if pin.certificate:
            held = pin.certificate in handles(certificate)
            return "" if held else f"{self.pin_by} pins the slot to the certificate {pin.certificate}"
        held = is_of(certificate, issuer, pin.issuer)
        return "" if held else f"{self.pin_by} pins the slot to certificates of {pin.issuer}"


NOTHING_SAID: Final = Effective()


def handles(certificate: Certificate) -> tuple[str, ...]:
    """How a document may name it."""
    return certificate.identifier, str(certificate.cert_id), certificate.name


def is_of(certificate: Certificate, issuer: str, wanted: str) -> bool:
    """Whether the issuer, or its organisation, is the one named, or has that in its name: whole words.

    CAs sign with several intermediates in turn, such as "R10" and "R11" of Let's Encrypt.
    """
    told = (issuer, certificate.issuer, *parts_of(certificate.issuer).values())
    return any(f" {ca_key(wanted)} " in f" {ca_key(name)} " for name in told)


class PolicyBook:
    """A document, indexed by what its rules match: each rule by the key that fits least often."""

    def __init__(self, policies: Policies, defaults: str = "the default policy") -> None:
        """`defaults`: what they are called."""
        self.policies, self._defaults = policies, defaults
        self._index: dict[tuple[str, str], list[int]] = {}
        self._named: set[str] = set()
        for number, rule in enumerate(policies.rules):
            kind, values = next(rule.match.given())
            for value in values:
                self._index.setdefault((kind, value), []).append(number)
            self._named.update(rule.match.certificate)
        self._pinned = {one.pin.certificate for one in (policies.defaults, *policies.rules) if one.pin}
        self._shown = any(not slot.isascii() for rule in policies.rules for slot in rule.match.slot)
        self._known: dict[tuple[int, ...], Effective] = {}

    @property
    def asks_for_approval(self) -> bool:
        """Whether anything in it does, of a slot."""
        return any(one.require_approval for one in (self.policies.defaults, *self.policies.rules))

    @property
    def names_contacts(self) -> bool:
        """Whether anything in it does."""
        return any(one.contacts for one in (self.policies.defaults, *self.policies.rules))

    def for_certificate(self, certificate: Certificate) -> Effective:
        """Of one that is on no slot: by its names and itself."""
        return self.effective(self.matching(_keys_of_certificate(certificate)))

    def names(self, certificate: Certificate) -> bool:
        """Whether it is told apart from others of its kind by its name or id."""
        return not (self._named | self._pinned).isdisjoint(handles(certificate))

    def names_slot(self, slot: str) -> bool:
        """Whether a rule is about this very slot."""
        return any(slot in rule.match.slot for rule in self.policies.rules)

    def for_(
        self, resource: CloudResource, present: Certificate | None, certificates: Sequence[Certificate]
    ) -> list[Effective]:
        """For a slot with each of the certificates in the place of `present`, if CAS knows that."""
        if not self.policies.rules:
            return [self.effective(())] * len(certificates)
        of_slot = self.of(resource, present)
        own = self.effective(of_slot.numbers)
        if not self._named:
            return [own] * len(certificates)
        return [of_slot.with_(one) if self.is_named(one) else own for one in certificates]

    def of(self, resource: CloudResource, present: Certificate | None) -> "OfSlot":
        """For one slot. `present`: the certificate in place, if CAS knows it."""
        keys = self._keys_of(resource, present) if self.policies.rules else frozenset()
        return OfSlot(self, resource, keys)

    def warning_days(self, certificate: Certificate) -> tuple[float, ...] | None:
        """None: nothing is said."""
        return self._days(self.warned_by(certificate))

    def warning_days_at(self, resource: CloudResource) -> tuple[float, ...] | None:
        """Of a certificate of which only the slot is known."""
        return self._days(self._warning(self.of(resource, None).keys))

    def warned_by(self, certificate: Certificate) -> list[int]:
        """The rules with warning days that match it."""
        return self._warning(_keys_of_certificate(certificate))

    def _warning(self, keys: _Keys) -> list[int]:
        rules = self.policies.rules
        return [number for number in self.matching(keys) if rules[number].warning_days is not None]

    def _days(self, numbers: Sequence[int]) -> tuple[float, ...] | None:
        rules = self.policies.rules
        return rules[numbers[-1]].warning_days if numbers else self.policies.defaults.warning_days

    def matching(self, keys: _Keys) -> tuple[int, ...]:
        """The numbers of the rules, from 0, in their order."""
        found = {number for key in keys for number in self._index.get(key, ())}
        return tuple(number for number in sorted(found) if self._fits(number, keys))

    def effective(self, numbers: tuple[int, ...]) -> Effective:
        if (known := self._known.get(numbers)) is None:
            known = self._known[numbers] = self._fold(numbers)
        return known

    def is_named(self, certificate: Certificate) -> bool:
        """Whether a rule matches it by its name or id."""
        return not self._named.isdisjoint(handles(certificate))

    def label(self, number: int) -> str:
        """For people, who count from 1."""
        name = self.policies.rules[number].name
        return f"policy rule {number + 1}" + (f" ({name})" if name else "")

    def parts(self, numbers: Iterable[int] | None = None) -> list[tuple[str, PolicySettings]]:
        """The defaults, and the rules of these numbers or all, each with its label."""
        chosen = range(len(self.policies.rules)) if numbers is None else numbers
        rules = [(self.label(number), self.policies.rules[number]) for number in chosen]
        return [(self._defaults, self.policies.defaults), *rules]

    def _fits(self, number: int, keys: _Keys) -> bool:
        match = self.policies.rules[number].match
        return all(any((kind, value) in keys for value in values) for kind, values in match.given())

    def _fold(self, numbers: tuple[int, ...]) -> Effective:
        parts = self.parts(numbers)
        deploys = [(label, one.deploy) for label, one in parts if one.deploy is not None]
        pins = [(label, one.pin) for label, one in parts if one.pin is not None]
        approvals = [
            (label, one.require_approval) for label, one in parts if one.require_approval is not None
        ]
        told = [(label, one.contacts) for label, one in parts if one.contacts is not None]
        engines = [(label, one.engine) for label, one in parts if one.engine is not None]
        contacts_by, contacts = told[-1] if told else ("", ())
        engine_by, engine = engines[-1] if engines else ("", None)
        deploy_by, deploy = deploys[-1] if deploys else ("", Mode.DEPLOY)
        approval_by, approval = approvals[-1] if approvals else ("", False)
        pin_by, pin = pins[-1] if pins else ("", None)
        return Effective(
            deploy=deploy,
            deploy_by=deploy_by,
            pin=pin,
            pin_by=pin_by,
            accept_outage=_last(one.accept_outage for _, one in parts),
            first_deployment=_last(one.first_deployment for _, one in parts),
            require_approval=approval,
            require_approval_by=approval_by,
            contacts=contacts,
            contacts_by=contacts_by,
            engine=engine,
            engine_by=engine_by,
        )

    def _keys_of(self, resource: CloudResource, present: Certificate | None) -> _Keys:
        """A slot of a global product is where its instance is, as for the scope."""
        found = {
            ("slot", resource.slot),
            ("product", resource.product.value),
            ("account", resource.account or NOWHERE),
            ("region", resource.region or resource.location),
            ("certificate", resource.cert_identifier),
            *(("domain", one) for domain in resource.domains for one in patterns(domain)),
        }
        if self._shown:
            shown = in_letters(resource.resource_id)
            found.add(("slot", f"{resource.product.value}/{resource.area or '-'}/{shown}"))
        return frozenset(found | _names_of(present)) if present else frozenset(found)


@dataclass(frozen=True)
class OfSlot:
    """The policies for one slot, whatever is put there."""

    book: PolicyBook
    resource: CloudResource
    keys: _Keys

    @property
    def numbers(self) -> tuple[int, ...]:
        """The rules that match it as it is."""
        return self.book.matching(self.keys)

    def with_(self, certificate: Certificate) -> Effective:
        """With that in its place."""
        return self.book.effective(self.book.matching(self.keys | _names_of(certificate)))


@cache
def no_policies() -> PolicyBook:
    """Where no document is stored: nothing is said. One value, made when it is asked for."""
    return PolicyBook(Policies())


@cache
def unreadable_policies() -> PolicyBook:
    """Where the stored document cannot be read: nothing is written by itself."""
    return PolicyBook(
        Policies(defaults=PolicySettings(deploy=Mode.OFF)), defaults="a policy that cannot be read"
    )


def _keys_of_certificate(certificate: Certificate) -> _Keys:
    return frozenset({("domain", one) for name in certificate.names for one in patterns(name)}) | _names_of(
        certificate
    )


def _names_of(certificate: Certificate) -> _Keys:
    return frozenset(("certificate", one) for one in handles(certificate))


def _last(said: Iterable[bool | None]) -> bool:
    return next((one for one in reversed(list(said)) if one is not None), False)
