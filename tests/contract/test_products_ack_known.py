"""A Secret is read, with its key, when it is new or has changed; else its metadata tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.server import Server
from emulator.services.ack.cluster_kinds import SECRETS, Target
from shared.cloud.cas import Cas
from shared.domain.resources import CloudResource
from shared.products.ack import secret_discovery
from shared.products.ack.adapter import Adapter
from shared.products.kit.known import Kept
from shared.products.kit.means import Means
from tests.contract.bench import STORE, AllOfCas, Bench
from tests.contract.clusters import a_bench, edit, put_by_hand, shop

METADATA = "PartialObjectMetadata"
CLUSTER: dict[str, Any] = {
    "secrets": [
        {"namespace": "web", "name": "tls", "certificate": "old"},
        {"namespace": "web", "name": "mail", "certificate": "other", "owner": "certificate"},
        {"namespace": "web", "name": "plain", "certificate": "old", "type": "Opaque"},
    ],
    "ingresses": [
        {"namespace": "web", "name": "plain", "secret": "plain", "hosts": ["a.b"], "address": "1.example.net"}
    ],
}


class Table:
    """What discoveries stored, and what the next one may know of it."""

    period = "week 1"

    def __init__(self) -> None:
        self.rows: dict[str, Kept] = {}
        self._memos: dict[str, str] = {}

    def within(self, start: str) -> Mapping[str, Kept]:
        return {name: kept for name, kept in self.rows.items() if name.startswith(start)}

    def keep(self, resource_id: str, memo: str) -> None:
        self._memos[resource_id] = memo

    def store(self, slots: list[CloudResource]) -> None:
        self.rows = {one.resource_id: Kept(one, self._memos.pop(one.resource_id, "")) for one in slots}


@pytest.fixture
def bench(server: Server) -> Bench:
    return a_bench(server, **CLUSTER)


@pytest.fixture
def table() -> Table:
    return Table()


def discovered(bench: Bench, table: Table) -> tuple[list[CloudResource], list[tuple[str, str, str]]]:
    """The slots of Secrets; and what was asked of Secrets: the call, the name, the form."""
    bench.cloud.calls.clear()
    means = Means(bench.client, AllOfCas(Cas(bench.client, STORE)), known=table)
    found = [one for one in Adapter(means).discover(bench.region) if isinstance(one, CloudResource)]
    slots = [one for one in found if one.kind == "secret"]
    table.store(slots)
    calls = [call for call in bench.cloud.calls if call.action in ("ListSecrets", "GetSecret")]
    return slots, [(one.action, one.params["name"], one.params.get("form", "")) for one in calls]


def test_what_is_as_it_was_is_not_read_again(bench: Bench, table: Table) -> None:
    before, whole = discovered(bench, table)
    assert whole == [("ListSecrets", "", ""), ("GetSecret", "plain", "")]

    again, asked = discovered(bench, table)

    assert asked == [("ListSecrets", "", f"{METADATA}List"), ("GetSecret", "plain", METADATA)]
    assert again == before
    assert len(again) == 3
    assert discovered(bench, table) == (before, asked)


def test_a_secret_that_has_changed_is_read_and_no_other(bench: Bench, table: Table) -> None:
    discovered(bench, table)
    put_by_hand(bench, "second")

    slots, asked = discovered(bench, table)

    assert ("GetSecret", "tls", "") in asked
    assert {name for _, name, form in asked if not form} == {"tls"}
    (slot,) = (one for one in slots if one.resource_id.endswith("/tls"))
    assert bench.name_of(slot.cert_identifier) == "second"


def test_of_many_that_have_changed_all_are_listed(
    bench: Bench, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    discovered(bench, table)
    put_by_hand(bench, "second")
    monkeypatch.setattr(secret_discovery, "_ONE_BY_ONE", 0)

    slots, asked = discovered(bench, table)

    assert [one[::2] for one in asked[:2]] == [("ListSecrets", f"{METADATA}List"), ("ListSecrets", "")]
    assert len({one.resource_id for one in slots}) == len(slots) == 3


def test_everything_is_read_anew_in_another_period(bench: Bench, table: Table) -> None:
    """So that a row which others have written does not hide a Secret for good."""
    discovered(bench, table)
    (name,) = (name for name in table.rows if name.endswith("/tls"))
    kept = table.rows[name]
    table.rows[name] = Kept(kept.resource.evolve(domains=("elsewhere.example.net",)), kept.memo)

    slots, _ = discovered(bench, table)
    assert ("elsewhere.example.net",) in {one.domains for one in slots}
    table.period = "week 2"
    slots, _ = discovered(bench, table)

    assert ("elsewhere.example.net",) not in {one.domains for one in slots}


@pytest.mark.parametrize("forged", ["new", "sha256:0f", "7-cn-hangzhou", ""])
def test_a_row_that_says_another_certificate_is_not_believed(bench: Bench, table: Table, forged: str) -> None:
    slots, _ = discovered(bench, table)
    (name,) = (name for name in table.rows if name.endswith("/tls"))
    kept = table.rows[name]
    identifier = bench.certificate("new").identifier if forged == "new" else forged
    table.rows[name] = Kept(kept.resource.evolve(cert_identifier=identifier), kept.memo)

    assert discovered(bench, table)[0] == slots


def test_a_certificate_that_cas_has_lost_or_got_since_is_named_as_it_is_now(
    bench: Bench, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as empty:
        empty.setattr(Cas, "list_certificates", lambda _: [])
        before, _ = discovered(bench, table)
        assert {one.cert_identifier.partition(":")[0] for one in before} == {"sha256"}
        assert discovered(bench, table)[1][0][2], "they are as they were"

    known, _ = discovered(bench, table)
    named = {bench.name_of(one.cert_identifier) for one in known}
    assert named == {"old", "other"}

    monkeypatch.setattr(Cas, "list_certificates", lambda _: [])
    assert {one.resource_id: one for one in discovered(bench, table)[0]} == {
        one.resource_id: one for one in before
    }


def test_what_is_deleted_after_it_was_listed_is_not_found(
    bench: Bench, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    discovered(bench, table)
    put_by_hand(bench, "second")
    alone = secret_discovery.SecretDiscovery._alone

    def gone(self: Any, place: Any, **how: Any) -> Any:
        if place == ("web", "tls"):
            shop(bench).store.delete(Target(SECRETS, *place))
        return alone(self, place, **how)

    monkeypatch.setattr(secret_discovery.SecretDiscovery, "_alone", gone)

    slots, _ = discovered(bench, table)

    assert sorted(one.resource_id.rpartition("/")[2] for one in slots) == ["mail", "plain"]


def test_an_owner_that_a_secret_has_got_is_told(bench: Bench, table: Table) -> None:
    discovered(bench, table)
    marks = {"cert-manager.io/certificate-name": "x"}
    edit(
        bench,
        lambda item: {**item, "metadata": {**item["metadata"], "annotations": marks}},
        Target(SECRETS, "web", "tls"),
    )

    slots, _ = discovered(bench, table)

    (slot,) = (one for one in slots if one.resource_id.endswith("/tls"))
    assert slot.obstacle.startswith("cert-manager owns it")
