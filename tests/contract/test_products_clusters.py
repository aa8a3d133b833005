"""Objects of clusters as people leave them: broken pairs, conflicts."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.ack.cluster_kinds import SECRETS, Target
from shared.errors import CloudBusyError
from tests.contract.cases.ack import SHOP
from tests.contract.clusters import a_bench, edit, secret, stored
from tests.keys import ec_key, key_pem, rsa_key

TLS = f"{SHOP}/secret/default/tls"
UNREADABLE = "it has no readable certificate; put the first one there with kubectl"
MISMATCH = "tls.key does not belong to tls.crt; put a matching pair there with kubectl"
ONE = {"name": "tls", "certificate": "old"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


BROKEN: list[tuple[dict[str, Any] | None, str]] = [
    (None, UNREADABLE),
    ({}, UNREADABLE),
    ({"tls.crt": ""}, UNREADABLE),
    ({"tls.crt": encoded("no PEM")}, UNREADABLE),
    ({"tls.key": ""}, MISMATCH),
    ({"tls.key": encoded("no PEM")}, MISMATCH),
    ({"tls.key": encoded(key_pem(ec_key(), passphrase="secret"))}, MISMATCH),
    ({"tls.key": encoded(key_pem(rsa_key()))}, MISMATCH),
]


@pytest.mark.parametrize(("data", "why"), BROKEN, ids=range(len(BROKEN)))
def test_a_secret_without_a_pair_that_can_be_read_says_so(
    server: Server, data: dict[str, Any] | None, why: str
) -> None:
    bench = a_bench(server, secrets=[ONE])
    whole = bench.slot(TLS)
    kept = secret(bench, "default")["data"] if why == MISMATCH else {}
    stored(bench, SECRETS, "default", "tls")["data"] = None if data is None else {**kept, **data}

    slot = bench.slots()[TLS]

    assert (slot.obstacle, slot.https) == (why, why == MISMATCH)
    assert bench.adapter.read(slot) == slot
    now = bench.adapter.read(whole)
    assert now is not None
    assert (now.https, bool(now.cert_identifier)) == (slot.https, slot.https)
    assert bench.adapter.successor(slot, bench.certificate("old")) is None


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({"annotations": {"argocd.argoproj.io/tracking-id": "x"}}, "Argo CD owns it and would write it back"),
        (
            {"annotations": {"certdeploy.io/fingerprint": "0" * 64}},
            "drift: edited by hand since a certificate was deployed there; remove the annotation"
            " certdeploy.io/fingerprint to have it managed again",
        ),
        (
            {"annotations": {"certdeploy.io/fingerprint": "0" * 64, "certdeploy.io/certificate": "7-cn"}},
            "drift: edited by hand since 7-cn was deployed there; remove the annotation",
        ),
        ({"ownerReferences": [{"kind": "Certificate", "name": "web"}]}, "Certificate web owns it and would"),
        ({"annotations": None, "ownerReferences": None}, ""),
    ],
    ids=["argo", "drift", "drift from what", "owner", "nobody"],
)
def test_a_secret_that_is_somebody_s_says_whose(server: Server, metadata: dict[str, Any], why: str) -> None:
    bench = a_bench(server, secrets=[ONE])
    edit(
        bench,
        lambda item: {**item, "metadata": {**item["metadata"], **metadata}},
        Target(SECRETS, "default", "tls"),
    )

    obstacle = bench.slots()[TLS].obstacle

    assert obstacle.startswith(why)
    assert bool(obstacle) == bool(why)


def test_a_pair_that_cas_forgot_is_known_by_our_annotations_while_it_is_there(server: Server) -> None:
    bench = a_bench(server, secrets=[ONE])
    bench.deploy(bench.slot(TLS), "new")
    new, bundle = bench.estate.identifier("new"), bench.estate.bundle("new", bench.cloud.clock())
    bench.cloud.service("cas")._certificates.pop(bench.estate.id_of("new"))
    bench.adapter = bench.adapter_with(seconds=5)
    assert bench.slots()[TLS].cert_identifier == new

    edit(
        bench,
        lambda item: {**item, "metadata": {**item["metadata"], "annotations": {}}},
        Target(SECRETS, "default", "tls"),
    )

    assert bench.slots()[TLS].cert_identifier == f"sha256:{bundle.sha256.lower()}"


@pytest.mark.parametrize(
    ("label", "action"), [(TLS, "PatchSecret"), ("shop/front:443/default", "PatchAlbConfig")]
)
def test_an_object_that_changes_all_the_time_is_left_for_another_try(
    server: Server, label: str, action: str
) -> None:
    front = {"name": "front", "listeners": [{"port": 443, "default": "old"}]}
    bench = a_bench(server, secrets=[ONE], albconfigs=[front])
    slot, before = bench.slot(label), bench.carried()
    bench.cloud.faults.add(Fault(action, status=409, code="Conflict", times=3))

    with pytest.raises(CloudBusyError) as busy:
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert str(busy.value) == f"{action}: Conflict: it is changed again and again (RequestId -)"
    assert bench.count(action) == 3
    assert bench.carried() == before

    bench.cloud.faults.add(Fault(action, status=409, code="Conflict", times=2))
    bench.deploy(slot, "new")
    assert bench.carried() == {**before, label: "new"}
