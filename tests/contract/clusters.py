"""One emulated cluster, looked at and edited from within, as a person with kubectl would."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from emulator.server import Server
from emulator.services.ack.cluster_fields import Writer
from emulator.services.ack.cluster_kinds import SECRETS, Kind, Target
from emulator.services.ack.cluster_model import Cluster
from shared.cloud.kubernetes import Kubernetes
from shared.domain.resources import CloudProduct
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.ack import ESTATE


def a_bench(server: Server, **cluster: Any) -> Bench:
    """One cluster, named shop."""
    row = {"name": "shop", "region": "cn-hangzhou", **cluster}
    return new_bench(server, CloudProduct.ACK, {**ESTATE, "ack": [row]}, "cn-hangzhou")


def shop(bench: Bench) -> Cluster:
    return bench.cloud.service("cs").cluster("shop")  # type: ignore[no-any-return]


def secret(bench: Bench, namespace: str = "web", name: str = "tls") -> dict[str, Any]:
    return shop(bench).store.get(Target(SECRETS, namespace, name))


def stored(bench: Bench, kind: Kind, *place: str) -> dict[str, Any]:
    """The object itself, to be changed in ways that its API server would not take."""
    found: dict[str, Any] = shop(bench).store.objects[(kind.plural, *place)]
    return found


def edit(
    bench: Bench,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    wanted: Target,
    by: str = "kubectl-edit",
) -> None:
    """What a person does with kubectl, seen from within; or another field manager."""
    store = shop(bench).store
    store.replace(wanted, change(store.get(wanted)), Writer(by, bench.cloud.clock()))


def put_by_hand(bench: Bench, name: str, by: str = "kubectl-edit") -> None:
    bundle = bench.estate.bundle(name, bench.cloud.clock())
    pair = {"tls.crt": bundle.certificate_pem, "tls.key": bundle.key_pem or ""}
    data = {key: base64.b64encode(text.encode()).decode() for key, text in pair.items()}
    edit(bench, lambda item: {**item, "data": data}, Target(SECRETS, "web", "tls"), by)


def before_the_patch(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Between our reading and our writing, once."""
    patch, pending = Kubernetes.patch, [happens]

    def patched(self: Kubernetes, *arguments: Any) -> None:
        while pending:
            pending.pop()()
        patch(self, *arguments)

    monkeypatch.setattr(Kubernetes, "patch", patched)
