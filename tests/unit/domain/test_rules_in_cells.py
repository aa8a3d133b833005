"""What may replace what by itself, cell by cell: README's table of rules, held against each case there is.

The cases are told in the words of the table, and so are the rules here: nothing of the domain decides what is
expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.matching import Action, Decision, decide
from shared.domain.policies import Policies
from shared.domain.policy_book import Effective, PolicyBook
from shared.domain.replacing import RULES, Hurry
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.trust import Standing
from tests.builders import NOW, a_certificate, a_resource
from tests.shortened import shortened
from tests.unit.alike import CHAINS, LEVELS, NONE, NOT_IN_CAS, TRUSTED_ALIKE
from tests.unit.domain import exchanges

README = (Path(__file__).parents[3] / "README.md").read_text()


class Cell(NamedTuple):
    new: str  #: the new certificate's chain
    key: str  #: its key, beside that of what is in place
    source: str
    present: str  #: the chain of what is in place, or what else is there
    present_source: str
    ends: str  #: when what is in place does
    slot: str
    policy: str


KEYS = {"same": ("RSA", 2048), "other size": ("RSA", 4096), "other kind": ("ECC", 256)}
SOURCES = ("UPLOAD", "BUY", "TEST")
ITSELF = "the new one"
ENDS = {"expired": -3.0, "last day": 0.9, "last days": 2.0, "healthy": 20.0, "later than the new one": 300.0}
#: When rules give way, by the mark that they have in the table.
HURRIES = {"*": {"expired", "last day", "last days"}, "**": {"expired", "last day"}}
SLOTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "out of scope": {"obstacle": "outside the scope: CERTDEPLOY_PRODUCTS does not include CDN"},
    "offline": {"obstacle": "the domain is offline; bring it online first"},
    "other names": {"domains": ("www.example.com", "www.example.org")},
    "names of other kinds": {"domains_of_certificate": True, "other_names": ("IP:192.0.2.7",)},
    "ACM": {"product": CloudProduct.AWS, "kind": "acm"},
    "behind CDN": {"product": CloudProduct.OSS, "fronted_by": "CDN/-/www.example.com"},
}
POLICIES: dict[str, dict[str, Any]] = {
    "none": {},
    "draft": {"deploy": "draft"},
    "off": {"deploy": "off"},
    "pinned to it": {"pin": {"certificate": "cert-7"}},
    "pinned to another": {"pin": {"issuer": "Elsewhere"}},
    "first deployment": {"first_deployment": True},
}


def known(cell: Cell) -> bool:
    """Whether CAS has what is in place."""
    return cell.present not in (NOT_IN_CAS, NONE)


#: What is against it, by rule: in the table's order and words.
AGAINST: dict[str, Callable[[Cell], bool]] = {
    "names": lambda c: c.slot == "other names",
    "in-place": lambda c: c.present == ITSELF,
    "scope": lambda c: c.slot == "out of scope",
    "obstacle": lambda c: c.slot == "offline",
    "first": lambda c: (
        c.present == NONE and (c.policy != "first deployment" or c.slot in ("ACM", "behind CDN"))
    ),
    "policy": lambda c: c.policy in ("off", "pinned to another"),
    "other-names": lambda c: c.slot == "names of other kinds",
    "way-back": lambda c: c.present == NOT_IN_CAS,
    "later-end": lambda c: c.present != NONE and c.ends == "later than the new one",
    "chain": lambda c: c.new.startswith("leaf only"),
    "trust": lambda c: c.new not in TRUSTED_ALIKE[c.present],
    "level": lambda c: LEVELS.get(c.present, 0) > LEVELS.get(c.new, 0),
    "bought": lambda c: known(c) and c.present_source == "BUY" != c.source,
    "test": lambda c: c.source == "TEST" and not (known(c) and c.present_source == "TEST"),
    "acm-key": lambda c: c.slot == "ACM" and known(c) and c.key != "same",
    "key": lambda c: known(c) and c.key == "other kind",
    "fronted": lambda c: c.slot == "behind CDN",
}
#: Rules about the slot alone: that they gave way is no reason to take another certificate.
OF_SLOT = frozenset({"fronted"})


def row(name: str) -> str:
    (found,) = re.findall(rf"^\| `{name}` \|.*$", README, re.M)
    return str(found)


def hurry_of(name: str) -> set[str]:
    """Where the rule gives way."""
    (mark,) = re.findall(r"(\**) \|$", row(name))
    return HURRIES.get(mark, set())


GIVE_WAY = {name: hurry_of(name) for name in AGAINST}


def expected(cell: Cell) -> tuple[str, frozenset[str]]:
    """The rule that keeps it away, or "" and those that gave way."""
    gave_way = set[str]()
    for name, against in AGAINST.items():
        if against(cell):
            if cell.present == NONE or cell.ends not in GIVE_WAY[name]:
                return name, frozenset()
            gave_way.add(name)
    return "", frozenset(gave_way)


def cells(slot: str, policy: str) -> Iterator[Cell]:
    there = [*product(CHAINS, SOURCES, ENDS), *((NOT_IN_CAS, "", end) for end in ENDS)]
    there += [(NONE, "", ""), (ITSELF, "UPLOAD", "healthy")]
    for new, (key, source), (present, present_source, end) in product(CHAINS, product(KEYS, SOURCES), there):
        yield Cell(new, key, source, present, present_source, end, slot, policy)


def certificate(number: int, chain: str, key: str, source: str, days: float) -> Certificate:
    algorithm, size = KEYS[key]
    end = NOW + timedelta(days=days)
    return a_certificate(
        number,
        **CHAINS[chain],
        algorithm=algorithm,
        key_size=size,
        source=CertificateSource(source),
        not_after=end,
        not_before=min(end - timedelta(days=90), NOW),
    )


made = cache(certificate)
standing: Callable[[Certificate], Standing] = cache(exchanges.standing)


@cache
def slot_of(cell_slot: str, present: str, end: str) -> CloudResource:
    if present == NONE:
        there: dict[str, Any] = {"cert_identifier": "", "cert_not_after": None, "https": False}
    elif present == ITSELF:
        there = {"cert_identifier": "7-cn-hangzhou"}
    else:
        there = {"cert_not_after": NOW + timedelta(days=ENDS[end])}
        there["cert_identifier"] = "sha256:00" if present == NOT_IN_CAS else "1-cn-hangzhou"
    return a_resource().evolve(**there, **SLOTS[cell_slot])


@cache
def policy_of(policy: str, new: Certificate) -> Effective:
    book = PolicyBook(Policies.model_validate({"defaults": POLICIES[policy]}))
    return book.for_(a_resource(), None, [new])[0]


def decided(cell: Cell) -> Decision:
    new = made(7, cell.new, cell.key, cell.source, 90)
    present = None
    if cell.present == ITSELF:
        present = new
    elif known(cell):
        present = made(1, cell.present, "same", cell.present_source, ENDS[cell.ends])
    slot = slot_of(cell.slot, cell.present, cell.ends)
    return decide(
        new,
        slot,
        present,
        now=NOW,
        missing=[name for name in slot.domains if not new.covers(name)],
        standing=standing,
        automatic=True,
        policy=policy_of(cell.policy, new),
    )


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("slot", SLOTS)
def test_each_cell_is_decided_as_the_table_says(slot: str, policy: str) -> None:
    for cell in shortened(cells(slot, policy), every=3 if slot == "plain" else 13):
        rule, gave_way = expected(cell)
        decision = decided(cell)
        assert (decision.rule, decision.gave_way) == (rule, bool(gave_way - OF_SLOT)), (cell, decision.reason)
        assert (decision.action is Action.DEPLOY) is (rule == "")
        assert decision.draft is (policy == "draft" and rule == "")


def test_the_table_names_each_rule_in_the_order_in_which_they_are_told_and_those_that_give_way() -> None:
    table = README[README.index("| rule | |") :].partition("\n\n")[0]
    names = re.findall(r"^\| `([a-z-]+)` \|", table, re.M)

    assert names == list(AGAINST)
    assert names[-len(RULES) :] == [rule.name for rule in RULES]
    told = {None: 0, Hurry.LAST_DAYS: len(HURRIES["*"]), Hurry.LAST_DAY: len(HURRIES["**"])}
    assert {rule.name: told[rule.gives_way] for rule in RULES} == {
        rule.name: len(GIVE_WAY[rule.name]) for rule in RULES
    }


def test_each_rule_decides_some_cell_and_so_does_none() -> None:
    found = {expected(cell)[0] for slot in SLOTS for cell in shortened(cells(slot, "none"), every=7)}
    found |= {expected(cell)[0] for cell in shortened(cells("plain", "off"), every=7)}

    assert found == {*AGAINST, ""}
