"""The console's own words: what a page says is there in every language, with the same places for values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.language import CATALOGUES, ENGLISH, chosen, text
from console.views.orders import ALL
from shared.domain.contacts import DeliveryStatus
from shared.domain.engines import Engine
from shared.domain.queries import CertificateOrder, SlotOrder
from shared.domain.quota import QuotaMode
from shared.domain.resources import SyncState
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.cleaned import Fate
from shared.services.doctor import Mark

PAGES = Path(__file__).parents[2] / "console/pages"
#: Calls in templates whose first or second argument is a text.
SAYS = re.compile(r"""\bt\((["'])(.+?)\1|parts\.(?:field|tick|choice)\("[^"]+", "()([^"]+)\"""")
OTHERS = {
    value.value for kind in (JobStatus, WorkerStatus, SyncState, DeliveryStatus, Mark) for value in kind
} - {"refused"}


def _said() -> set[str]:
    found = {
        match[2] or match[4]
        for page in PAGES.glob("*.html")
        for match in SAYS.finditer(page.read_text("utf-8"))
    }
    told = {text for order in ALL.values() for text in (order.title, order.told)}
    told |= {"restore", "cannot", "serves", "by-itself", "could", "left", "bare", "as configured"}
    told |= {one.value for kind in (Engine, QuotaMode, Fate) for one in kind}
    orders = {order.value for kind in (SlotOrder, CertificateOrder) for order in kind}
    return found | orders | told | OTHERS


@pytest.mark.parametrize("language", sorted(CATALOGUES.keys() - {ENGLISH}))
def test_what_a_page_says_is_there_in_each_language(language: str) -> None:
    said, known = _said(), CATALOGUES[language]

    assert len(said) > 100
    assert said - known.keys() == set()
    for english, other in known.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", other)), english


def test_the_language_is_the_chosen_one_or_else_the_first_that_is_there_of_the_browsers() -> None:
    assert chosen("ja", "zh", "en") == "ja"
    assert chosen("xx", "zh", "en") == "zh"
    assert chosen("", "", "fr-FR, en;q=0.3, zh-CN;q=0.8, ja;q=0") == "zh"
    assert chosen("", "", "ja;q=x, fr") == "en"
    assert text("ja", "nobody says this") == "nobody says this"
