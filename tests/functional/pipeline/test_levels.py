"""EV and OV look alike in what CAS tells of an upload: the certificate itself tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.authority import Authority, Validation
from emulator.bundles import Bundle
from shared.domain.levels import Evidence
from shared.domain.levels import Validation as Level
from shared.domain.states import JobStatus
from shared.services.map import map_slots
from shared.services.status import overview
from shared.services.transfer import upload_certificate
from shared.services.world import ProbeResult
from shared.validation.secret import SecretPem
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW

_QUICK = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}
_LISTS = "ListInstances"
_SOLD = pytest.mark.ordinary_answers("CAS tells the level of what it has sold")
Owner = Callable[..., Platform]


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """A domain that serves an EV certificate, of a CA that issues all levels."""
    made: list[Any] = []

    def begin(**changes: Any) -> Platform:
        certificates = {"ev": {**_QUICK, "validation": "EV", **changes}}
        domains = [{"domain": "www.example.com", "certificate": "ev"}]
        made.append(discovered({"certificates": certificates, "cdn": domains}, tmp_path))
        platform: Platform = made[-1].__enter__()
        platform.timeout_s = 300  # as template.yml has it for scan_expiry
        return platform

    yield begin
    for one in made:
        one.__exit__(None, None, None)


def issued(platform: Platform, validation: Validation) -> Bundle:
    return Authority().issue(
        NAMES, key="ecdsa-p256", days=200, age=1, now=platform.clock(), validation=validation
    )


def comes(platform: Platform, validation: Validation) -> str:
    """Into CAS by its console; its identifier."""
    row = platform.cloud.service("cas").add(validation, "cn-hangzhou", issued(platform, validation))
    return str(row.identifier)


def level(platform: Platform, name: str = "ev") -> tuple[Level, Evidence]:
    (found,) = [
        one for one in platform.world.certificates.list("cn-hangzhou") if one.certificate.name == name
    ]
    standing = platform.world.standing(found.certificate)
    return standing.validation, standing.validation_by


def test_an_ev_certificate_in_place_is_known_by_a_handshake_before_another_is_planned(owner: Owner) -> None:
    platform = owner()
    assert level(platform) == (Level.OV, Evidence.OWNER)
    comes(platform, "OV")

    platform.tick("scan_expiry")

    assert level(platform) == (Level.EV, Evidence.POLICY)
    assert platform.jobs() == []
    (slot,) = map_slots(platform.world, platform.world.policy.products)
    assert slot.kept_away is not None
    told = "the one in place is EV, this one is OV as far as CAS tells; create a job by hand"
    assert (slot.kept_away.rule, slot.kept_away.reason) == ("level", told)


def test_the_level_of_an_upload_is_known_from_its_pem(owner: Owner) -> None:
    platform = owner()
    platform.tick("scan_expiry")
    bundle = issued(platform, "EV")
    done = upload_certificate(
        platform.world, "renewed", bundle.certificate_pem, SecretPem(bundle.key_pem or "")
    )

    assert level(platform, "renewed") == (Level.EV, Evidence.POLICY)
    uploaded = platform.world.certificates.get(done.cert_identifier).certificate
    assert platform.world.standing(uploaded).needs_acceptance, "its chain was uploaded with it"
    platform.tick("scan_expiry")

    assert level(platform, "renewed") == (Level.EV, Evidence.POLICY)
    assert platform.job().status is JobStatus.SUCCESS
    assert set(platform.workers()) == {WWW}
    assert platform.job().cert_identifiers == (done.cert_identifier,)


def test_a_certificate_that_cas_has_already_gets_its_level_with_an_upload(owner: Owner) -> None:
    platform = owner()
    bundle = issued(platform, "EV")
    platform.cloud.service("cas").add("new", "cn-hangzhou", bundle)
    platform.call("scan_expiry", {})
    assert level(platform, "new") == (Level.OV, Evidence.OWNER)

    upload_certificate(platform.world, None, bundle.certificate_pem, SecretPem(bundle.key_pem or ""))

    assert level(platform, "new") == (Level.EV, Evidence.POLICY)


@_SOLD
@pytest.mark.parametrize("same", ["same", "own"])
def test_of_what_cas_has_sold_it_tells_the_level_and_is_asked_once(owner: Owner, same: str) -> None:
    """Also where an instance is named otherwise in the lists of certificates."""
    platform = owner(source="BUY")
    assert level(platform) == (Level.EV, Evidence.SOLD)
    platform.cloud.service("cas").choose(instance_ids=same)
    platform.cloud.calls.clear()

    platform.tick("scan_expiry")
    platform.tick("scan_expiry")

    assert [call for call in platform.cloud.calls if call.action == _LISTS] == []


@_SOLD
def test_a_level_that_is_not_told_holds_nothing_up_and_is_told_with_the_scan(owner: Owner) -> None:
    platform = owner(source="BUY")
    row = platform.cloud.service("cas").add("sold", "cn-hangzhou", issued(platform, "OV"))
    row.source = "BUY"
    platform.cloud.deny("yundun-cert:ListInstances")

    answer = platform.call("scan_expiry", {})

    assert list(answer["LevelsUnread"]) == ["cn-hangzhou"]
    assert "yundun-cert:ListInstances" in answer["LevelsUnread"]["cn-hangzhou"]
    assert answer["Issued"] == [row.identifier]
    (concern,) = [one for one in overview(platform.world).concerns if one.code == "levels"]
    assert (concern.needs_hand, concern.count) == (False, 1)
    assert level(platform, "sold") == (Level.OV, Evidence.OWNER)

    platform.cloud.denials.clear()
    assert platform.call("scan_expiry", {})["LevelsUnread"] == {}
    assert "levels" not in {one.code for one in overview(platform.world).concerns}
    assert level(platform, "sold") == (Level.OV, Evidence.SOLD)


def test_a_place_that_does_not_answer_is_asked_again_after_a_while(owner: Owner) -> None:
    platform, asked = owner(), list[str]()
    probe = platform.world.probe

    def away(endpoint: str, *rest: Any) -> ProbeResult:
        asked.append(endpoint)
        return ProbeResult(None, "no route")

    platform.ports["probe"] = away
    platform.tick("scan_expiry")
    platform.tick("scan_expiry")
    assert len(asked) == 1

    platform.ports["probe"] = probe
    platform.clock.sleep(1900)
    platform.tick("scan_expiry")
    assert level(platform) == (Level.EV, Evidence.POLICY)


def test_certificates_that_are_served_nowhere_take_no_turn_of_one_that_is(owner: Owner) -> None:
    platform = owner()
    for _ in range(7):
        comes(platform, "EV")

    platform.call("scan_expiry", {})

    assert level(platform) == (Level.EV, Evidence.POLICY)


def test_a_scan_goes_on_whatever_a_server_does(owner: Owner) -> None:
    platform = owner()
    new = comes(platform, "EV")

    def broken(*asked: Any) -> ProbeResult:
        raise KeyError("the probe's own fault")

    platform.ports["probe"] = broken
    assert platform.call("scan_expiry", {})["Issued"] == [new]


def test_a_scan_asks_for_few_and_the_next_one_for_the_others(tmp_path: Path) -> None:
    """A place that does not answer takes its time."""
    names = [f"{number}.example.com" for number in range(7)]
    estate = {
        "certificates": {name: {**_QUICK, "names": [name], "validation": "OV"} for name in names},
        "cdn": [{"domain": name, "certificate": name} for name in names],
    }
    asked = list[str]()
    with discovered(estate, tmp_path) as platform:
        platform.timeout_s = 300

        def away(endpoint: str, name: str, *rest: Any) -> ProbeResult:
            asked.append(name)
            return ProbeResult(None, "no route")

        platform.ports["probe"] = away
        platform.call("scan_expiry", {})
        first = len(asked)
        platform.call("scan_expiry", {})

    assert (first, sorted(asked)) == (5, names)


def test_a_scan_that_has_little_time_left_asks_nobody(owner: Owner) -> None:
    platform = owner()
    platform.timeout_s = 100

    platform.tick("scan_expiry")

    assert level(platform) == (Level.OV, Evidence.OWNER)


@_SOLD
@pytest.mark.parametrize("changes", [{"validation": "DV"}, {"validation": "OV", "source": "BUY"}])
def test_who_is_known_well_enough_is_not_asked(owner: Owner, changes: dict[str, str]) -> None:
    """DV, and what CAS has sold."""
    platform, asked = owner(**changes), list[str]()
    platform.ports["probe"] = lambda *what: asked.append(what[0])
    platform.tick("scan_expiry")

    assert asked == []
