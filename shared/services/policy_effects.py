"""What a document of policies does to the slots of today, and what in it is likely a typing error."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from enum import Enum
from typing import Final

from shared.domain.accounts import NOWHERE
from shared.domain.certificates import Certificate
from shared.domain.engines import Engine
from shared.domain.names import patterns
from shared.domain.policies import LIFTED, Mode, Policies, PolicySettings
from shared.domain.policy_book import Effective, PolicyBook, handles, is_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.values import Wire
from shared.services.map import known_certificates
from shared.services.world import World

_COMPARED: Final = 2000  #: names in which the nearest one is looked for, at most


class SetApart(Wire):
    """A slot that automatic plans do not treat as they would without policies."""

    slot: str
    what: str
    by: str = ""  #: the part of the document that says so


class RuleEffect(Wire):
    rule: str
    sets: str
    slots: int  #: that it matches, also where a later rule counts; with the certificates in place today
    certificates: int  #: that it gives warning days


class PolicyEffects(Wire):
    slots: int
    counts: dict[str, int]
    rules: tuple[RuleEffect, ...]
    set_apart: tuple[SetApart, ...]
    warnings: tuple[str, ...]


def effects_of(world: World, policies: Policies) -> PolicyEffects:
    """As of the last scan and discovery."""
    book, known = PolicyBook(policies), known_certificates(world)
    by_identifier = {certificate.identifier: certificate for certificate in known}
    slots = [record.resource for product in CloudProduct for record in world.resources.list(product)]
    matched: Counter[int] = Counter()
    counts = dict.fromkeys(_KINDS, 0)
    apart: list[SetApart] = []
    for slot in sorted(slots, key=lambda one: one.slot):
        of_slot = book.of(slot, by_identifier.get(slot.cert_identifier))
        matched.update(of_slot.numbers)
        for what, by in _apart(book.effective(of_slot.numbers)):
            counts[what.partition(" ")[0]] += 1
            apart.append(SetApart(slot=slot.slot, what=what, by=by))
    warned = Counter(number for one in known for number in book.warned_by(one))
    return PolicyEffects(
        slots=len(slots),
        counts=counts,
        rules=tuple(
            RuleEffect(
                rule=book.label(number), sets=_said(rule), slots=matched[number], certificates=warned[number]
            )
            for number, rule in enumerate(policies.rules)
        ),
        set_apart=tuple(apart),
        warnings=(
            *_idle(book, matched, _Known(slots, known)),
            *_pins_of_nothing(world, book, known),
            *_without_rights(world, book),
        ),
    )


_KINDS: Final = ("off", "draft", "pinned", "first", "outage", "approval", "contacts", "engine")


def _apart(effective: Effective) -> Iterator[tuple[str, str]]:
    """Each begins with one of `_KINDS`."""
    if effective.deploy is not Mode.DEPLOY:
        yield effective.deploy.value, effective.deploy_by
    if pin := effective.pinned_to:
        yield f"pinned to {pin}", effective.pin_by
    if effective.first_deployment:
        yield "first deployment allowed", ""
    if effective.accept_outage:
        yield "outage accepted", ""
    if effective.require_approval:
        yield "approval required", effective.require_approval_by
    if effective.contacts:
        yield f"contacts {', '.join(map(str, effective.contacts))}", effective.contacts_by
    if effective.engine is not None:
        yield f"engine {effective.engine.value}", effective.engine_by


def _said(rule: PolicySettings) -> str:
    """`deploy: off, pin: DigiCert`."""
    return ", ".join(
        f"{name}: {_word(value)}"
        for name in PolicySettings.model_fields
        if (value := getattr(rule, name)) is not None
    )


def _word(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(f"{one:g}" for one in value) or LIFTED
    return str(value)


def _without_rights(world: World, book: PolicyBook) -> Iterator[str]:
    """The right to have CAS write goes with the setting."""
    if world.policy.engine is Engine.CAS:
        return
    for label, part in book.parts():
        if part.engine is Engine.CAS:
            yield (
                f"{label} has CAS write, for which the roles of a stack have no right as long as"
                " CERTDEPLOY_ENGINE (Engine) is direct: set it to cas, and `engine: direct` in defaults"
            )


class _Known:
    """Names that rules may match, by kind."""

    def __init__(self, slots: list[CloudResource], certificates: list[Certificate]) -> None:
        self.names: dict[str, Set[str]] = {
            "slot": {slot.slot for slot in slots},
            "certificate": {name for one in certificates for name in handles(one)},
            "account": {slot.account or NOWHERE for slot in slots},
            "region": {place for slot in slots if (place := slot.region or slot.location)},
            "domain": {one for slot in slots for name in slot.domains for one in patterns(name)},
            "product": {slot.product.value for slot in slots},
        }

    def why_unknown(self, kind: str, values: Iterable[str]) -> str:
        """Empty if one of the values is known."""
        if not self.names[kind].isdisjoint(values):
            return ""
        listed = ", ".join(values)
        if kind == "domain":
            return f"no slot has a domain that {listed} covers"
        near = [] if len(self.names[kind]) > _COMPARED else sorted(self.names[kind])
        hint = next((hit for one in values for hit in difflib.get_close_matches(one, near, n=1)), "")
        return f"there is no {kind} {listed}" + (f", did you mean {hint}?" if hint else "")


def _idle(book: PolicyBook, matched: Counter[int], known: _Known) -> Iterator[str]:
    """A rule that names a certificate of CAS may be about one that is in place nowhere yet."""
    for number, rule in enumerate(book.policies.rules):
        coming = not known.names["certificate"].isdisjoint(rule.match.certificate)
        if matched[number] or coming:
            continue
        whys = [why for kind, values in rule.match.given() if (why := known.why_unknown(kind, values))]
        yield f"{book.label(number)} matches no slot: {'; '.join(whys) or 'no slot has all of it at once'}"


def _pins_of_nothing(world: World, book: PolicyBook, known: list[Certificate]) -> Iterator[str]:
    for label, part in book.parts():
        pin = part.pin
        if pin is None:
            continue
        if pin.certificate and not any(pin.certificate in handles(one) for one in known):
            yield f"{label} pins to the certificate {pin.certificate}, which CAS does not have"
        if pin.issuer and not any(is_of(one, world.standing(one).issuer, pin.issuer) for one in known):
            yield f"{label} pins to certificates of {pin.issuer}, of which CAS has none"
