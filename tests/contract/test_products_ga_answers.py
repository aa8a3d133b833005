"""GA alone: what its answers leave open, and what of a listener is compared."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.kit.found import Unread
from tests.contract.answers import edit, put, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.ga import CASES, ESTATE

DEFAULT, ADDITIONAL = "shop:443/default", "shop:443/additional/second"
LISTS = {"ListAccelerators": "Accelerators", "ListListeners": "Listeners"}


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.GA, ESTATE)


def test_an_accelerator_whose_lists_are_left_out_has_no_listener(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left_out(answer: dict[str, Any]) -> None:
        for name in ("Accelerators", "Listeners", "Certificates"):
            if not answer.get(name, True):
                del answer[name]

    for action in (*LISTS, "ListListenerCertificates"):
        edit(monkeypatch, bench.cloud, action, left_out)

    assert bench.carried() == CASES[0].carried


@pytest.mark.parametrize("action", LISTS)
def test_lists_without_a_total_are_read_to_their_last_page(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    slot = bench.slot(DEFAULT)
    edit(monkeypatch, bench.cloud, action, lambda answer: take_out(answer, "TotalCount"))

    assert bench.carried() == CASES[0].carried
    bench.deploy(slot, "new")


def test_an_unknown_error_of_a_description_says_that_the_listener_is_gone(bench: Bench) -> None:
    slot = bench.slot(DEFAULT)
    bench.cloud.faults.add(Fault("DescribeListener", status=400, code="UnknownError"))

    assert bench.adapter.read(slot) is None


@pytest.mark.parametrize(
    ("action", "status", "error"),
    [
        ("ListListenerCertificates", 400, CloudRejectedError),
        ("ListAccelerators", 400, CloudRejectedError),
        ("DescribeListener", 500, CloudUnavailableError),
    ],
)
def test_an_unknown_error_of_anything_else_or_of_the_server_says_nothing(
    bench: Bench, action: str, status: int, error: type[Exception]
) -> None:
    slot = bench.slot(DEFAULT)
    bench.cloud.faults.add(Fault(action, status=status, code="UnknownError", times=9))

    with pytest.raises(error, match="UnknownError"):
        bench.adapter_with(seconds=5).read(slot)
    bench.cloud.faults.clear()


@pytest.mark.parametrize("state", ["", "odd", None])
@pytest.mark.parametrize(
    ("action", "path"),
    [
        ("ListAccelerators", "Accelerators[].State"),
        ("ListListenerCertificates", "Certificates[].State"),
        ("DescribeListener", "State"),
    ],
)
def test_a_state_that_nobody_knows_is_neither_ready_nor_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str, path: str, state: str | None
) -> None:
    slot = bench.slot(DEFAULT)
    edit(monkeypatch, bench.cloud, action, lambda answer: put(answer, path, state))

    look = bench.adapter_with(seconds=5).seen(slot, bench.certificate("new"))

    assert look is not None
    assert not look.settled


def test_a_listener_that_cannot_be_read_is_told_and_the_others_of_the_accelerator_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def portless(answer: dict[str, Any]) -> None:
        for row in answer["Listeners"]:
            if row["Name"] == "shop-443":
                row["PortRanges"] = []

    edit(monkeypatch, bench.cloud, "ListListeners", portless)
    found = list(bench.adapter.found(bench.region))

    (unread,) = (one for one in found if isinstance(one, Unread))
    assert "PortRanges.FromPort: it is missing" in str(unread.error)
    assert {(one.instance_name, one.port) for one in found if not isinstance(one, Unread)} == {
        ("shop", 444),
        ("shop", 8443),
        ("mail", 443),
    }


def test_an_accelerator_whose_listeners_are_refused_does_not_hide_the_others(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListListeners", status=400, code="NotExist.Accelerator"))
    found = list(bench.adapter.found(bench.region))

    (hidden,) = [one.what for one in found if isinstance(one, Unread)]
    others = {slot.instance_id for slot in bench.slots().values()} - {hidden}
    assert {one.instance_id for one in found if not isinstance(one, Unread)} == others


def test_an_additional_certificate_is_one_by_its_domain_where_nothing_else_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        monkeypatch,
        bench.cloud,
        "ListListenerCertificates",
        lambda answer: take_out(answer, "Certificates[].IsDefault"),
    )

    assert bench.carried() == CASES[0].carried


def test_an_owner_in_a_word_that_nobody_knows_is_an_owner(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        monkeypatch,
        bench.cloud,
        "ListListeners",
        lambda answer: put(answer, "Listeners[].ServiceManaged", "by-odd"),
    )

    assert {slot.obstacle for slot in bench.slots().values()} == {
        "another cloud product manages it; deploy through that product"
    }


def test_port_ranges_in_another_order_are_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = bench.slot(DEFAULT)
    ranges = [{"FromPort": port, "ToPort": port} for port in (443, 8443)]

    def reordered(answer: dict[str, Any]) -> None:
        answer["PortRanges"] = ranges[:: -1 if bench.count("UpdateListener") else 1]
        answer["CreateTime"] = bench.count("DescribeListener")

    edit(monkeypatch, bench.cloud, "DescribeListener", reordered)

    bench.deploy(slot, "new")
