"""`certdeploy doctor` where CAS's own deployment jobs write: what CAS has to have for them."""

from __future__ import annotations

import json

import pytest

from emulator.cloud import Cloud
from tests.functional.cli.conftest import Command
from tests.functional.cli.findings import about, marks

IT = "engine cas cn-hangzhou"


@pytest.fixture(autouse=True)
def _cas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN")
    monkeypatch.setenv("CERTDEPLOY_ENGINE", "cas")


def contact(cloud: Cloud) -> None:
    cas = cloud.service("cas")
    cas._contacts.append(cas._made({"Name": "Ann"}))


def test_cas_that_has_what_it_takes_is_told(informed: Command, cloud: Cloud) -> None:
    contact(cloud)

    found = about(informed("doctor", "--json"), IT)

    assert (found["Mark"], found["Text"]) == ("ok", "CAS has a contact, and knows 4 cloud resources")


def test_a_contact_that_is_missing_is_an_error_before_a_job_is(informed: Command) -> None:
    ran = informed("doctor", "--json")

    assert (ran.code, about(ran, IT)["Mark"]) == (1, "error")
    assert "has no contact" in about(ran, IT)["Text"]


def test_resources_that_nobody_has_synchronised_are_told(informed: Command, cloud: Cloud) -> None:
    contact(cloud)
    cloud.service("cas").choose(resources="never synced")

    found = about(informed("doctor", "--json"), IT)

    assert found["Mark"] == "error"
    assert "synchronise them in CAS" in found["Todo"]


def test_a_missing_right_is_told_with_all_that_the_engine_takes(informed: Command, cloud: Cloud) -> None:
    cloud.deny("yundun-cert:ListCloudResources")

    found = about(informed("doctor", "--json"), IT)

    assert found["Mark"] == "error"
    assert {"yundun-cert:CreateDeploymentJob", "yundun-cert:DescribeDeployment"} <= set(
        json.loads(found["Policy"])["Action"]
    )


def test_where_this_system_writes_nobody_asks_for_it(
    informed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_ENGINE", "direct")

    assert IT not in marks(informed("doctor", "--json"))
