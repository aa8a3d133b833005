"""WAF's ports of cloud resources: one call has the whole list of a port, and no other slot pays for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.exchange import End
from shared.products.kit.settings import changed
from tests.contract.answers import edit, put
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERT_ID
from tests.contract.cases._waf_ports import CARRIED, ESTATE, SHOP

HERE = "cn-hangzhou"
PORTS, WRITE = "DescribeCloudResourceAccessPortDetails", "ModifyCloudResourceCert"
DEFAULT, OTHER, SECOND = (
    f"{SHOP}:443/{name}" for name in ("default", "additional/other", "additional/second")
)


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.WAF, ESTATE, HERE)


def port(bench: Bench) -> Any:
    return bench.cloud.service("waf_openapi").resources[HERE][0].ports[0]


def by_hand(bench: Bench, *names: str) -> None:
    """Somebody else changed the first port: the default, and its extensions."""
    cas = bench.cloud.service("cas")
    port(bench).certificates.value = tuple(cas.find(bench.estate.identifier(name)) for name in names)


def on_the_port(bench: Bench) -> list[str]:
    return [bench.name_of(row.identifier) for row in port(bench).certificates.value]


def changes(bench: Bench, wanted: dict[str, str]) -> list[Change]:
    slots = bench.slots()
    return [Change(slots[label], bench.certificate(name)) for label, name in wanted.items()]


def default_and_others(names: list[str]) -> tuple[str, list[str]]:
    """The default comes first; in what order the others are, says nothing."""
    return names[0], sorted(names[1:])


def test_all_slots_of_a_port_are_exchanged_by_one_call_and_two_looks(bench: Bench) -> None:
    wanted = changes(bench, {DEFAULT: "new", OTHER: "other-too", SECOND: "old"})
    bench.cloud.calls.clear()

    outcomes = bench.adapter.outcomes(*wanted)

    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert default_and_others(on_the_port(bench)) == default_and_others(["new", "other-too", "old"])
    assert bench.count(WRITE) == 1
    assert [outcome.look.slot.resource_id.rpartition("/")[2] for outcome in outcomes if outcome.look] == [
        "default",
        bench.estate.identifier("other-too"),
        bench.estate.identifier("old"),
    ]


def test_a_port_is_looked_at_by_one_call_and_not_right_after_a_write(bench: Bench) -> None:
    (change,) = changes(bench, {DEFAULT: "new"})
    bench.cloud.settle_s = 0
    bench.cloud.calls.clear()

    (before,) = bench.adapter.look([change])
    bench.adapter.advance([(change, before)])
    (early,) = bench.adapter.look([replace(change, begun=True)])
    assert (early.carries, early.settled) == (Carries.BETWEEN, False)
    assert dict(bench.calls()) == {PORTS: 1, WRITE: 1}

    (after,) = bench.adapter.look([replace(change, begun=True)])
    assert (after.carries, after.settled) == (Carries.WANTED, True)
    assert dict(bench.calls()) == {PORTS: 2, WRITE: 1}


def test_who_asks_for_the_first_time_right_after_a_write_is_told_what_is_there(bench: Bench) -> None:
    """As before a rollback: what the job put there is to be found."""
    (change,) = changes(bench, {SECOND: "new"})
    (before,) = bench.adapter.look([change])
    bench.adapter.advance([(change, before)])

    (look,) = bench.adapter.look([change])

    assert (look.carries, look.settled) == (Carries.WANTED, False)


def test_what_was_added_by_hand_since_the_plan_stays(bench: Bench) -> None:
    wanted = changes(bench, {SECOND: "new"})
    by_hand(bench, "other", "second", "old", "other-too")

    bench.adapter.driven(*wanted)

    assert default_and_others(on_the_port(bench)) == default_and_others(["other", "new", "old", "other-too"])


each_way = pytest.mark.parametrize("twice", [True, False])


@each_way
def test_an_extension_that_is_to_get_the_default_s_certificate_gives_way_to_it(
    bench: Bench, twice: bool
) -> None:
    """Whether a port takes a certificate twice is not known; its names are served in any case."""
    bench.cloud.service("waf_openapi").choose(certificate_twice=twice)

    default, second = bench.adapter.outcomes(*changes(bench, {DEFAULT: "new", SECOND: "new"}))

    assert (default.end, second.end) == (End.DONE, End.DONE)
    assert default_and_others(on_the_port(bench)) == default_and_others(["new", "other"])
    assert bench.count(WRITE) == 1
    assert default.look is not None
    assert second.look is not None
    assert default.look.slot.slot == second.look.slot.slot


@each_way
def test_an_extension_beside_a_default_that_has_its_new_certificate_already_gives_way(
    bench: Bench, twice: bool
) -> None:
    bench.cloud.service("waf_openapi").choose(certificate_twice=twice)
    bench.deploy(bench.slot(DEFAULT), "new")

    bench.deploy(bench.slot(SECOND), "new")

    assert default_and_others(on_the_port(bench)) == default_and_others(["new", "other"])


def test_an_extension_of_no_plan_that_has_the_default_s_new_certificate_stays(bench: Bench) -> None:
    bench.deploy(bench.slot(DEFAULT), "second")

    assert default_and_others(on_the_port(bench)) == default_and_others(["second", "other", "second"])


def test_an_extension_of_no_plan_that_is_in_the_way_of_the_default_is_told(bench: Bench) -> None:
    bench.cloud.service("waf_openapi").choose(certificate_twice=False)
    (change,) = changes(bench, {DEFAULT: "second"})

    with pytest.raises(CloudRejectedError, match="given twice"):
        bench.adapter.driven(change)
    assert default_and_others(on_the_port(bench)) == default_and_others(["old", "other", "second"])


def test_a_certificate_of_several_extensions_is_sent_once(bench: Bench) -> None:
    by_hand(bench, "other", "second", "old")
    slots = [slot for label, slot in bench.slots().items() if label.startswith(f"{SHOP}:443/additional")]

    outcomes = bench.adapter.outcomes(*(Change(slot, bench.certificate("new")) for slot in slots))

    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert default_and_others(on_the_port(bench)) == default_and_others(["other", "new"])


def test_an_old_one_that_another_slot_is_to_get_is_not_lost(bench: Bench) -> None:
    by_hand(bench, "other", "second", "old")
    slots = {bench.name_of(slot.cert_identifier): slot for slot in bench.slots().values() if slot.port == 443}
    wanted = [
        Change(slots["old"], bench.certificate("second")),
        Change(slots["second"], bench.certificate("new")),
    ]

    outcomes = bench.adapter.outcomes(*wanted)

    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert default_and_others(on_the_port(bench)) == default_and_others(["other", "new", "second"])


def test_the_new_extension_beside_the_old_one_leaves_the_old_one_to_be_taken_off(bench: Bench) -> None:
    wanted = changes(bench, {SECOND: "new"})
    by_hand(bench, "old", "new", "second")

    bench.adapter.driven(*wanted)

    assert default_and_others(on_the_port(bench)) == default_and_others(["old", "new"])


def test_an_extension_that_was_taken_off_by_hand_is_gone(bench: Bench) -> None:
    wanted = changes(bench, {SECOND: "new"})
    by_hand(bench, "old", "other")

    (outcome,) = bench.adapter.outcomes(*wanted)

    assert outcome.end is End.GONE
    assert bench.count(WRITE) == 0


def test_an_extension_that_a_port_does_not_show_while_it_is_changed_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (change,) = changes(bench, {SECOND: "new"})
    by_hand(bench, "old", "other")
    edit(monkeypatch, bench.cloud, PORTS, lambda answer: put(answer, "AccessPortDetails[].Status", 3))

    (look,) = bench.adapter.look([change])

    assert look is not None
    assert (look.carries, look.settled) == (Carries.BETWEEN, False)


def test_another_certificate_that_cas_has_no_more_is_told_and_nothing_is_changed(bench: Bench) -> None:
    wanted = changes(bench, {DEFAULT: "new"})
    gone = bench.estate.identifier("second")
    del bench.cloud.service("cas")._certificates[CERT_ID["second"]]

    with pytest.raises(CloudRejectedError) as refused:
        bench.adapter.driven(*wanted)

    assert f"certificate ID:{gone}" in str(refused.value)
    assert "replace or remove first what CAS has no more" in str(refused.value)
    assert default_and_others(on_the_port(bench)) == default_and_others(["old", "other", "second"])


def test_certificates_that_stay_are_sent_as_they_are_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As bare numbers: which store they are of is WAF's to know."""

    def bare(answer: dict[str, Any]) -> None:
        for row in answer["AccessPortDetails"]:
            for one in row["Certificates"]:
                one["CertificateId"] = one["CertificateId"].partition("-")[0]

    edit(monkeypatch, bench.cloud, PORTS, bare)
    assert bench.carried() == CARRIED

    bench.deploy(bench.slot(SECOND), "new")

    (call,) = [call for call in bench.cloud.calls if call.action == WRITE]
    assert [row["CertificateId"] for row in call.params["Certificates"]] == [
        str(CERT_ID["old"]),
        str(CERT_ID["other"]),
        bench.estate.identifier("new"),
    ]


@pytest.mark.parametrize(
    "wanted",
    [{DEFAULT: "new", SECOND: "new"}, {OTHER: "other-too", SECOND: "new"}, {DEFAULT: "new", SECOND: "old"}],
    ids=["one certificate for both", "two extensions", "each its own"],
)
def test_all_slots_of_a_port_are_put_back_where_a_setting_is_lost(
    bench: Bench, wanted: dict[str, str]
) -> None:
    both = changes(bench, wanted)
    bench.cloud.settle_s = 0
    bench.cloud.service("waf_openapi").forgets = ("Http2Enabled",)

    outcomes = bench.adapter.outcomes(*both)

    assert [str(outcome.error).count("the certificate before was put back") for outcome in outcomes] == [1, 1]
    assert Counter(on_the_port(bench)) == Counter(["old", "other", "second"])
    assert on_the_port(bench)[0] == "old"


def test_marks_that_the_origin_may_know_requests_by_are_not_told_with_the_settings(bench: Bench) -> None:
    (change,) = changes(bench, {DEFAULT: "new"})
    told = []
    for value in ("sesame", "poppy"):
        port(bench).settings["LogHeaders"] = [{"Key": "X-From-Waf", "Value": value}]
        (look,) = bench.adapter.look([change])
        told.append(look.settings)

    assert "sesame" not in str(told)
    assert list(changed(*told)) == ["LogHeaders"]
