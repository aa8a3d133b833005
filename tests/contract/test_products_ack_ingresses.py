"""The Ingresses of ACK's clusters: where they serve a Secret, and which other Secrets they use."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.ack.cluster_kinds import INGRESSES, SECRETS, Kind, Target
from shared.errors import CloudRejectedError
from shared.products.kit.found import Unread
from tests.contract.cases.ack import SHOP
from tests.contract.clusters import a_bench, edit, shop, stored

TLS = f"{SHOP}/secret/default/tls"
ONE = {"name": "tls", "certificate": "old"}
INGRESSES_OF_TLS: list[tuple[list[dict[str, Any]], str, tuple[str, ...]]] = [
    ([], "", ()),
    ([{"hosts": ["a.example.com"]}], "", ()),
    ([{"hosts": ["a.example.com"], "address": "203.0.113.7"}], "203.0.113.7:443", ("a.example.com",)),
    (
        [
            {"hosts": ["a.example.com", "b.example.com"], "address": "one.example.net"},
            {"hosts": ["b.example.com", "c.example.com"], "address": "one.example.net"},
            {"hosts": ["d.example.com"], "address": "two.example.net"},
        ],
        "one.example.net:443",
        ("a.example.com", "b.example.com", "c.example.com"),
    ),
]


@pytest.mark.parametrize(("rows", "endpoint", "names"), INGRESSES_OF_TLS, ids=["none", "inner", "ip", "many"])
def test_a_secret_is_met_at_one_address_by_all_names_there(
    server: Server, rows: list[dict[str, Any]], endpoint: str, names: tuple[str, ...]
) -> None:
    named = [{"name": f"web{n}", "secret": "tls", **row} for n, row in enumerate(rows)]
    bench = a_bench(server, secrets=[ONE, {"name": "other", "certificate": "old"}], ingresses=named)
    slots = bench.slots()

    assert (slots[TLS].endpoint, slots[TLS].server_names) == (endpoint, names)
    assert slots[f"{SHOP}/secret/default/other"].endpoint == ""


@pytest.mark.parametrize("part", ["hosts", "secretName", "tls", "status", "spec"])
def test_an_ingress_that_lacks_a_part_serves_nothing_and_hides_nothing(server: Server, part: str) -> None:
    row = {"name": "web", "secret": "tls", "hosts": ["a.example.com"], "address": "one.example.net"}
    bench = a_bench(server, secrets=[ONE], ingresses=[row])

    def without(item: dict[str, Any]) -> dict[str, Any]:
        if part in item:
            return {name: value for name, value in item.items() if name != part}
        spec = {name: value for name, value in item["spec"].items() if name != part}
        entries = [{k: v for k, v in entry.items() if k != part} for entry in spec.get("tls", [])]
        return {**item, "spec": {**spec, **({"tls": entries} if "tls" in spec else {})}}

    edit(bench, without, Target(INGRESSES, "default", "web"))

    assert (bench.slots()[TLS].endpoint, bench.slots()[TLS].server_names) == ("", ())


def test_a_role_that_may_not_see_ingresses_still_finds_its_secrets(server: Server) -> None:
    row = {"name": "web", "secret": "tls", "hosts": ["a.example.com"], "address": "one.example.net"}
    bench = a_bench(server, secrets=[ONE], ingresses=[row])
    bench.cloud.faults.add(Fault("ListIngresses", status=403, code="Forbidden"))

    slot = bench.slots()[TLS]

    assert (slot.endpoint, bench.name_of(slot.cert_identifier)) == ("", "old")


def test_a_secret_of_another_type_that_an_ingress_uses_is_listed_and_left_alone(
    server: Server,
) -> None:
    opaque = [
        {"name": name, "type": "Opaque", "certificate": certificate}
        for name, certificate in (("used", "old"), ("spare", "old"), ("bare", None))
    ]
    rows = [
        {"name": "web", "secret": "used", "hosts": ["a.example.com"], "address": "one.example.net"},
        {"name": "inner", "secret": "bare", "hosts": ["b.example.com"]},
    ]
    bench = a_bench(server, secrets=[ONE, *opaque], ingresses=rows)

    slots = {label.rpartition("/")[2]: slot for label, slot in bench.slots().items()}

    assert set(slots) == {"tls", "used", "bare"}
    why = "the Secret is of type Opaque; make one of type kubernetes.io/tls and name it in the Ingress"
    assert [slots[name].obstacle for name in ("used", "bare")] == [why, why]
    assert (slots["used"].https, bench.name_of(slots["used"].cert_identifier)) == (True, "old")
    assert (slots["used"].endpoint, slots["bare"].https) == ("one.example.net:443", False)
    assert bench.count("GetSecret") == 2
    with pytest.raises(CloudRejectedError, match=r"^PatchSecret: Immutable"):
        bench.adapter.deploy(bench.slot(f"{SHOP}/secret/default/used"), bench.certificate("new"))


def test_a_secret_that_an_ingress_names_and_nobody_has_is_none(server: Server) -> None:
    row = {"name": "web", "secret": "tls", "hosts": ["a.example.com"]}
    bench = a_bench(server, secrets=[ONE], ingresses=[row])
    stored(bench, INGRESSES, "default", "web")["spec"]["tls"][0]["secretName"] = "nobody-s"

    assert set(bench.slots()) == {TLS}


def test_an_ingress_that_cannot_be_read_is_told_and_hides_no_secret(server: Server) -> None:
    row = {"name": "web", "secret": "tls", "hosts": ["a.example.com"]}
    bench = a_bench(server, secrets=[ONE], ingresses=[row])
    stored(bench, INGRESSES, "default", "web")["spec"]["tls"] = "odd"

    found = list(bench.adapter.found(bench.region))

    assert [one.what for one in found if isinstance(one, Unread)] == ["Ingress default/web"]
    assert [one.resource_id for one in found if not isinstance(one, Unread)] == [TLS]


@pytest.mark.parametrize("kind", [SECRETS, INGRESSES])
def test_an_object_whose_names_cannot_be_read_hides_no_other(server: Server, kind: Kind) -> None:
    row = {"name": "web", "secret": "tls", "hosts": ["a.example.com"]}
    bench = a_bench(server, secrets=[{**ONE, "name": "other"}, ONE], ingresses=[row])
    name = "other" if kind is SECRETS else "web"
    item = stored(bench, kind, "default", name)
    page = shop(bench).store.page

    def told(wanted: Target, query: dict[str, str]) -> dict[str, Any]:
        answer = page(wanted, query)
        answer["items"] = [{**one, "metadata": "odd"} if one is item else one for one in answer["items"]]
        return answer

    shop(bench).store.page = told  # type: ignore[method-assign]

    found = list(bench.adapter.found(bench.region))

    assert [one.what for one in found if isinstance(one, Unread)] == [f"{kind.kind} without a name"]
    assert TLS in {one.resource_id for one in found if not isinstance(one, Unread)}
