"""RSA and ECC side by side on one listener stay two: a job puts a renewal where its own kind is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import JobStatus
from shared.services.map import find_certificate, map_certificate
from tests.functional.pipeline.platform import Platform, discovered

_WILD = {"names": ["example.net", "*.example.net"]}
ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou"],
    "certificates": {
        "rsa": {**_WILD, "days": 10},
        "ecc": {**_WILD, "key": "ecdsa-p256", "days": 60},
        "rsa-renewal": {**_WILD, "days": 200},
        "ecc-renewal": {**_WILD, "key": "ecdsa-p256", "days": 190},
        "own": {"names": ["own.example.net"], "key": "ecdsa-p256", "days": 60},
    },
    "alb": [
        {
            "name": "dual",
            "region": "cn-hangzhou",
            "listeners": [
                {"port": 443, "default": "rsa", "additional": ["ecc"]},
                {"port": 444, "default": "own"},
            ],
        }
    ],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path) as made:
        yield made


def ids(platform: Platform) -> dict[str, int]:
    return {
        one.certificate.name: one.certificate.cert_id
        for one in platform.world.certificates.list("cn-hangzhou")
    }


def slots(platform: Platform) -> dict[tuple[int | None, str], str]:
    return {
        (one.resource.port, one.resource.role.value): one.resource.slot
        for one in platform.world.resources.list(CloudProduct.ALB)
    }


def names_in_place(platform: Platform) -> dict[tuple[int | None, str], str]:
    """By port and role, after another discovery."""
    platform.tick("discover_resources")
    names = {f"{number}-cn-hangzhou": name for name, number in ids(platform).items()}
    return {
        (one.resource.port, one.resource.role.value): names[one.resource.cert_identifier]
        for one in platform.world.resources.list(CloudProduct.ALB)
    }


def preview(platform: Platform, *names: str, **more: Any) -> dict[str, dict[str, Any]]:
    known = ids(platform)
    request = {"Preview": {"CertIds": [known[name] for name in names], **more}}
    answer = platform.call("manage_deployment_jobs", request)
    return {entry["Resource"]["ResourceId"]: entry for entry in answer["Plan"]["Entries"]}


DEFAULT, ADDITIONAL = (443, SlotRole.DEFAULT.value), (443, SlotRole.ADDITIONAL.value)
OWN = (444, SlotRole.DEFAULT.value)


def test_a_renewal_goes_to_the_slot_of_its_kind_and_leaves_the_other_one(platform: Platform) -> None:
    known = ids(platform)

    platform.call("create_deployment_job", {"CertIds": [known["rsa-renewal"]], "Name": "by hand"})
    platform.drain()

    assert platform.job().status is JobStatus.SUCCESS
    assert names_in_place(platform) == {
        DEFAULT: "rsa-renewal",
        ADDITIONAL: "ecc",
        OWN: "rsa-renewal",
    }, "where nothing stands beside it, a person may change the kind of key"


def test_of_both_renewals_each_goes_to_its_own_kind(platform: Platform) -> None:
    known = ids(platform)
    both = [known["rsa-renewal"], known["ecc-renewal"]]

    platform.call("create_deployment_job", {"CertIds": both, "Name": "by hand"})
    platform.drain()

    found = names_in_place(platform)
    assert (found[DEFAULT], found[ADDITIONAL]) == ("rsa-renewal", "ecc-renewal")


def test_the_preview_says_why_the_other_kind_stays_and_what_stands_beside(platform: Platform) -> None:
    known, place = ids(platform), slots(platform)
    entries = preview(platform, "rsa-renewal")
    by_slot = {f"ALB/cn-hangzhou/{resource_id}": entry for resource_id, entry in entries.items()}

    left, taken = by_slot[place[ADDITIONAL]], by_slot[place[DEFAULT]]

    assert (left["Action"], left["Rule"]) == ("leave", "pair")
    assert left["Reason"].startswith("its listener has RSA and ECC side by side")
    assert taken["Beside"] == [{"CertIdentifier": f"{known['ecc']}-cn-hangzhou", "Algorithm": "ECC"}]
    assert (taken["DaysGained"], taken["Warnings"]) == (190, [])
    assert [one["Code"] for one in by_slot[place[OWN]]["Warnings"]] == ["key"]


def test_a_slot_that_is_named_may_lose_its_kind_and_the_preview_says_what_that_costs(
    platform: Platform,
) -> None:
    place = slots(platform)
    both = [place[ADDITIONAL], place[DEFAULT]]

    (alone,) = preview(platform, "rsa-renewal", ResourceIds=[place[ADDITIONAL]]).values()
    together = preview(platform, "rsa-renewal", ResourceIds=both).values()

    assert alone["Action"] == "deploy"
    assert [one["Code"] for one in alone["Warnings"]] == ["pair", "key"]
    assert [sorted(one["Code"] for one in entry["Warnings"]) for entry in together] == [
        ["key", "pair", "shared"],
        ["shared"],
    ]


def test_a_certificate_is_shown_with_what_a_job_of_it_would_do(platform: Platform) -> None:
    world = platform.world
    shown = map_certificate(world, find_certificate(world, str(ids(platform)["rsa-renewal"])))

    previewed = preview(platform, "rsa-renewal")

    assert {one.resource.resource_id: (one.action.value, one.reason) for one in shown.could_serve} == {
        resource_id: (entry["Action"], entry["Reason"]) for resource_id, entry in previewed.items()
    }


@pytest.mark.parametrize(
    ("days", "replaced"), [(50, False), (58, False), (59.1, True)], ids=["healthy", "last days", "last day"]
)
def test_a_pair_stays_two_until_the_last_day_of_one_of_it_if_nothing_of_its_kind_is_there(
    tmp_path: Path, days: float, replaced: bool
) -> None:
    """Clients that take ECC would be turned away soon; RSA they take as well. The listener has it once."""
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"], "rsa": {**_WILD, "days": 300}}}
    for spare in ("rsa-renewal", "ecc-renewal"):
        del estate["certificates"][spare]
    with discovered(estate, tmp_path) as platform:
        platform.pass_days(days)
        platform.renew("example.net", "*.example.net", key="rsa-2048", days=400)

        platform.tick("scan_expiry")

        assert platform.job().status is JobStatus.SUCCESS
        found = names_in_place(platform)
        assert (found[DEFAULT], found.get(ADDITIONAL)) == ("renewed-1", None if replaced else "ecc")
        reasons = [worker.chosen_because for worker in platform.workers().values()]
        assert any("although the kind of key changes (ECC → RSA)" in one for one in reasons) is replaced
