"""Clean-up on the pages: looked at, chosen, looked at once more; what is needed by then stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.console import Installed
from cli.session import session
from console.kept import Kept
from console.serving import Serving
from emulator.cloud import Cloud
from shared.domain.resources import CloudProduct
from shared.domain.stored import StoredCertificate
from shared.services.cleaned import CleanedStored, CleanUp, Fate
from shared.services.world import World
from tests.functional.console.browser import Browser, fields
from tests.functional.console.conftest import MARKED, RENEWED, SHOP

PATH = "/certificates/clean-up"


@pytest.fixture
def world(installed: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Of a cloud of one product, where nothing serves the renewed one, which has long ended."""
    monkeypatch.setattr("shared.services.needed.default_products", lambda: (CloudProduct.CDN,))
    world = session().world()
    record = world.certificates.get(RENEWED)
    past = world.clock() - timedelta(days=60)
    ended = record.certificate.evolve(not_before=past - timedelta(days=90), not_after=past)
    world.certificates.save(record.evolve(certificate=ended))
    return world


def in_cas(cloud: Cloud, identifier: str = RENEWED) -> bool:
    return cloud.service("cas").find(identifier) is not None


def test_what_nothing_needs_is_looked_at_chosen_and_deleted(
    browser: Browser, world: World, cloud: Cloud
) -> None:
    page = browser.get(PATH)
    told = browser.get(f"{PATH}.json").json
    confirmed = browser.get(f"{PATH}/confirm?certificate={RENEWED}")
    done = browser.post(PATH, fields(confirmed, PATH))

    assert ("1 may be deleted" in page.body, told["ToDelete"], told["Certificates"]) == (True, 1, 3)
    assert "certdeploy certificate clean-up --preview" in page.body
    assert f"certdeploy certificate clean-up {RENEWED} --only CAS" in confirmed.body
    assert "with their keys, for good" in confirmed.body
    assert (done.status, "1 of 1 are deleted." in done.body) == (200, True)
    assert (in_cas(cloud), in_cas(cloud, SHOP)) == (False, True)


def test_what_is_needed_by_then_stays_and_is_told(browser: Browser, world: World, cloud: Cloud) -> None:
    sent = fields(browser.get(f"{PATH}/confirm?certificate={RENEWED}"), PATH)
    slot = world.resources.get("CDN/-/www.example.com")
    world.resources.put(slot.resource.evolve(cert_identifier=RENEWED), world.clock())
    done = browser.post(PATH, sent)

    assert ("0 of 1 are deleted." in done.body, in_cas(cloud)) == (True, True)
    assert "CDN/-/www.example.com serves it, or is to" in done.body


def test_what_may_not_go_is_not_offered_and_nothing_is_deleted_unasked(
    browser: Browser, world: World, cloud: Cloud
) -> None:
    page = browser.get(f"{PATH}?all=1").body
    kept = browser.get(f"{PATH}/confirm?certificate={MARKED}").body

    assert page.count('type="checkbox"') == page.count(" checked>") == 1
    assert "None of these may be deleted." in kept
    assert f'action="{PATH}"' not in kept.replace('method="get"', "")
    for path, why in (
        (f"{PATH}/confirm", "choose at least one certificate"),
        (f"{PATH}?grace=1h", "at least a day"),
        (f"{PATH}?grace=soon", "not a span"),
    ):
        answer = browser.get(path)
        assert (answer.status, why in answer.body) == (400, True), path
    assert browser.post(PATH, {}).status == 400
    assert in_cas(cloud)


class Stores(Installed):
    """A product's store holds a copy that may go, and another one that stays. `asked`: of it."""

    def __init__(self) -> None:
        super().__init__(session())
        self.asked: list[Mapping[str, Any]] = []

    def cleaned_up(self, world: World, request: Mapping[str, Any]) -> CleanUp:
        self.asked.append(request)
        rows = [("old", Fate.DELETED if "Delete" in request else Fate.DELETE), ("new", Fate.KEEP)]
        return CleanUp(
            unread=("SLB cn-beijing: no <permission>",),
            stored=tuple(
                CleanedStored(
                    stored=StoredCertificate(
                        product=CloudProduct.SLB, region="cn-hangzhou", stored_id=name, cert_identifier=SHOP
                    ),
                    fate=fate,
                    reason="because",
                )
                for name, fate in rows[: 1 if "Delete" in request else 2]
            ),
        )


def test_copies_in_products_stores_are_looked_at_and_chosen_likewise(installed: Path) -> None:
    told: list[str] = []
    serving = Serving(stores := Stores(), told.append, port=0, read_only=False, kept=Kept(patience_s=30))
    place = "SLB/cn-hangzhou/old"
    with serving.running():
        browser = Browser(serving.port, told).let_in()
        page = browser.get(PATH).body
        sent = fields(browser.get(f"{PATH}/confirm?stored={place}&stored=SLB/cn-hangzhou/new"), PATH)
        done = browser.post(PATH, sent).body

    assert page.count('name="stored"') == 1
    assert "SLB cn-beijing: no &lt;permission&gt;" in page
    assert sent["stored"] == [place]
    assert stores.asked[-1]["Delete"] == {"Certificates": [], "Stored": [place]}
    assert "1 of 1 are deleted." in done


def test_where_not_all_was_read_nothing_can_be_deleted(browser: Browser) -> None:
    page = browser.get(PATH).body

    assert "Nothing can be deleted: CERTDEPLOY_PRODUCTS leaves out" in page
    assert "0 may be deleted" in page
