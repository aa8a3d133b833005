"""The least rights in a cluster that docs/ack.md names for each function are enough, and each is used."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.server import Server
from emulator.services.ack.cluster_kinds import KINDS, RIGHTS
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudError
from shared.products.kit.found import Unread
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.ack import ESTATE, SHOP

DOCS = (Path(__file__).parents[2] / "docs/ack.md").read_text()
ROW = re.compile(
    r"^\| `(discover_clusters|deploy_ack)` \| `?([\w.]+)`? \| `(\w+)` \| (.*?) \|$", re.MULTILINE
)
FRONT = "shop/front:443/default"
Rights = dict[str, frozenset[str]]


def documented() -> dict[str, Rights]:
    """By function, the verbs for each resource."""
    found: dict[str, Rights] = defaultdict(dict)
    for function, group, resource, verbs in ROW.findall(DOCS):
        assert ("" if group == "core" else group) in {one.group for one in KINDS if one.plural == resource}
        found[function][resource] = frozenset(re.findall(r"\w+", verbs))
    return found


def each_without_one(rights: Rights) -> Iterator[tuple[str, Rights]]:
    for resource, verbs in rights.items():
        for verb in verbs:
            yield f"{verb} {resource}", {**rights, resource: verbs - {verb}}


@pytest.fixture
def bench(server: Server) -> Bench:
    """With a Secret of another type, which an Ingress uses all the same."""
    shop, *others = ESTATE["ack"]
    opaque = {"namespace": "web", "name": "opaque", "certificate": "old", "type": "Opaque"}
    uses = {**shop["ingresses"][0], "name": "more", "secret": "opaque", "hosts": ["more.example.com"]}
    more = {"secrets": [*shop["secrets"], opaque], "ingresses": [*shop["ingresses"], uses]}
    return new_bench(server, CloudProduct.ACK, {**ESTATE, "ack": [{**shop, **more}, *others]}, "cn-hangzhou")


def told(bench: Bench) -> tuple[set[tuple[str, str]], int]:
    """The slots with where they are met, and how many parts could not be read."""
    found = list(bench.adapter.found("cn-hangzhou"))
    slots = {(one.slot, one.endpoint) for one in found if isinstance(one, CloudResource)}
    return slots, sum(isinstance(one, Unread) for one in found)


def test_discovery_finds_everything_with_these_and_less_without_any_of_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told(bench)
    rights = documented()["discover_clusters"]
    monkeypatch.setitem(RIGHTS, "ops", rights)

    assert told(bench) == whole
    assert {call.code for call in bench.cloud.calls if call.api == "kubernetes"} <= {"", "NotFound"}
    for left_out, less in each_without_one(rights):
        monkeypatch.setitem(RIGHTS, "ops", less)
        assert told(bench) != whole, left_out


@pytest.mark.parametrize("label", [f"{SHOP}/secret/web/tls", FRONT])
def test_a_deployment_takes_these_and_ends_in_an_error_without_any_of_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    slot, new = bench.slot(label), bench.certificate("new")
    rights = documented()["deploy_ack"]
    own = "secrets" if slot.kind == "secret" else "albconfigs"
    for left_out, less in each_without_one({own: rights[own]}):
        monkeypatch.setitem(RIGHTS, "ops", less)
        with pytest.raises(CloudError, match=r"orbidden|unauthorised"):
            bench.adapter.deploy(slot, new)
        assert bench.count("PatchSecret", code="") + bench.count("PatchAlbConfig", code="") == 0, left_out
    monkeypatch.setitem(RIGHTS, "ops", rights)

    assert bench.deploy(slot, "new").cert_identifier == new.identifier
