"""Whatever one field of a cluster's object, or of CS's answer, says: no slot is lost without a word."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from emulator.server import Server
from shared.cloud.kubernetes import Kubernetes
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields, fields_of
from shared.errors import CloudError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.found import Found, Unread
from tests.contract.bench import Bench
from tests.contract.cases.ack import SHOP
from tests.contract.clusters import a_bench
from tests.contract.walk import INSTEAD, Path, paths, replaced, told_by
from tests.shortened import shortened

pytestmark = pytest.mark.ordinary_answers("each field is told otherwise by the test itself")

ACTIONS = (
    *("DescribeClustersForRegion", "DescribeClusterUserKubeconfig"),
    *("ListSecrets", "ListIngresses", "ListAlbConfigs", "GetSecret"),
)
CLUSTER: dict[str, Any] = {
    "secrets": [
        {"name": "tls", "certificate": "old"},
        {"name": "mail", "certificate": "other", "owner": "certificate"},
        {"name": "plain", "certificate": "old", "type": "Opaque"},
    ],
    "ingresses": [
        {"name": name, "secret": secret, "hosts": ["a.example.com"], "address": "one.example.net"}
        for name, secret in (("plain", "plain"), ("web", "tls"))
    ],
    "albconfigs": [
        {"name": name, "listeners": [{"port": 443, "default": "old", "additional": ["second"]}]}
        for name in ("back", "front")
    ],
}
#: Lists that say by themselves that there is nothing, and fields by which something is none of ours.
SILENT: set[tuple[str, Path]] = {
    *((action, ("items",)) for action in ACTIONS),
    ("DescribeClustersForRegion", ("clusters",)),
    ("ListIngresses", ("items", "spec")),
    ("ListIngresses", ("items", "spec", "tls")),
    ("ListIngresses", ("items", "spec", "tls", "secretName")),
    ("ListAlbConfigs", ("items", "spec")),
    ("ListAlbConfigs", ("items", "spec", "listeners")),
    ("ListAlbConfigs", ("items", "spec", "listeners", "protocol")),
    ("ListAlbConfigs", ("items", "spec", "listeners", "certificates")),
    ("ListAlbConfigs", ("items", "spec", "listeners", "certificates", "CertificateId")),
}
#: By which an object, a listener or a cluster is named: another word there is another's.
NAMES = ("name", "namespace", "port", "cluster_id")


class Answers:
    """Those of CS and of the cluster, asked for once; one of them may tell a field otherwise."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.told: dict[str, list[Any]] = {}
        self.change: tuple[str, Callable[[Any], None]] | None = None
        self._known: dict[str, tuple[str, Any]] = {}
        call, request = OpenApi.call, Kubernetes._request

        def called(client: OpenApi, api: Any, action: Any, params: Any = None, **more: Any) -> Fields:
            question = repr((api.code, action.name, params, more))
            answer = self._answer(action.name, question, lambda: call(client, api, action, params, **more))
            return fields_of(answer, action.name)

        def requested(
            kube: Kubernetes, action: Any, method: str, path: str, *rest: Any, **how: Any
        ) -> Fields:
            ask = lambda: request(kube, action, method, path, *rest, **how)  # noqa: E731
            return Fields(self._answer(action.name, path, ask), fields_of({}, action.name).source)

        patch.setattr(OpenApi, "call", called)
        patch.setattr(Kubernetes, "_request", requested)
        patch.setattr(Kubernetes, "reachable", lambda kube: True)

    def _answer(self, action: str, question: str, ask: Callable[[], Fields]) -> Any:
        if question not in self._known:
            self._known[question] = action, json.dumps(ask())
            self.told.setdefault(action, []).append(json.loads(self._known[question][1]))
        answer = json.loads(self._known[question][1])
        if self.change and self.change[0] == action:
            self.change[1](answer)
        return answer


def fields(answers: Answers, action: str) -> list[Path]:
    return list(dict.fromkeys(path for answer in answers.told[action] for path in paths(answer)))


def found(bench: Bench) -> tuple[dict[str, Found], list[Unread], CloudError | None]:
    slots, unread, error = told_by(bench.adapter_with(seconds=5).found(bench.region))
    return {slot.resource_id: slot for slot in slots}, unread, error


@pytest.fixture
def bench(server: Server) -> Bench:
    return a_bench(server, **CLUSTER)


@pytest.mark.parametrize(("how", "action"), shortened(product(INSTEAD, ACTIONS)))
def test_a_field_that_is_told_otherwise_costs_no_slot_without_a_word(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str, how: str
) -> None:
    answers = Answers(monkeypatch)
    whole, unread, error = found(bench)
    assert len(whole) == 7
    assert (unread, error) == ([], None)

    for path in fields(answers, action):
        answers.change = action, lambda answer, p=path: replaced(answer, p, INSTEAD[how])  # type: ignore[misc]
        slots, unread, error = found(bench)
        lost = whole.keys() - slots.keys()
        another = path[-1] in NAMES and how == "a new word"
        silent = (action, path) in SILENT
        assert not [one for one in unread if "not understood" in str(one.error)], path
        kept = all(name.startswith(tuple(one.within for one in unread)) for name in lost)
        assert kept or error or another or silent, (path, lost, unread)


@pytest.mark.parametrize(("how", "action"), shortened(product(INSTEAD, ("GetSecret", "GetAlbConfig"))))
def test_a_look_at_what_is_told_otherwise_is_no_success(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str, how: str
) -> None:
    label = f"{SHOP}/secret/default/tls" if action == "GetSecret" else "shop/front:443/default"
    slot, new = bench.slot(label), bench.certificate("new")
    answers = Answers(monkeypatch)
    changes = [Change(slot, new, begun=begun) for begun in (False, True)]

    def looks() -> list[Carries]:
        adapter = bench.adapter_with(seconds=5)
        told = [look for change in changes for look in adapter.look([change])]
        return [look.carries for look in told if look is not None]

    assert looks() == [Carries.EXPECTED] * 2
    for path in fields(answers, action):
        answers.change = action, lambda answer, p=path: replaced(answer, p, INSTEAD[how])  # type: ignore[misc]
        with suppress(CloudError):
            assert Carries.WANTED not in looks(), path
