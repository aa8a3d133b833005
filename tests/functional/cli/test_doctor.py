"""`certdeploy doctor`: what may be wrong with an installation is told with what to do, and nothing breaks."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import session as sessions
from cli.session import session
from emulator.cloud import Cloud
from emulator.faults import Fault
from shared.runtime.app import App
from shared.runtime.doctor import check
from shared.services.doctor import Mark
from tests.functional.cli.conftest import Command
from tests.functional.cli.findings import about, marks


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN,ALB,OSS")


def test_of_an_installation_that_works_each_part_is_told_and_nothing_is_an_error(informed: Command) -> None:
    ran = informed("doctor", "--json")

    assert (ran.code, ran.err, ran.json["Healthy"]) == (0, "", True)
    assert marks(ran) == {
        "settings": "ok",
        "key": "ok",
        "clock": "ok",
        "cas cn-hangzhou": "ok",
        "site": "ok",
        "product CDN": "ok",
        "product ALB": "ok",
        "product OSS": "ok",
        "permission to write": "unknown",
        "state": "ok",
        "timer scan_expiry": "ok",
        "timer run_deployment_jobs": "warning",
        "timer discover_resources": "ok",
        "last complete discovery": "ok",
        "contacts": "warning",
        "outbound TLS": "ok",
    }
    assert "www.example.com" in about(ran, "outbound TLS")["Text"]


def test_nothing_is_written_to_the_cloud_or_to_the_state(
    informed: Command, cloud: Cloud, tmp_path: Path
) -> None:
    def state() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "state.db")) as database:
            return list(database.iterdump())

    before, rows = len(cloud.calls), state()
    informed("doctor")

    asked = {call.action for call in cloud.calls[before:]}
    assert {"GetCallerIdentity", "ListCertificates", "DescribeUserDomains", "ListLoadBalancers"} <= asked
    assert not {name for name in asked if not name.startswith(("Get", "List", "Describe"))}
    assert state() == rows


def test_a_missing_permission_is_told_with_the_statement_that_a_policy_lacks(
    informed: Command, cloud: Cloud
) -> None:
    cloud.deny("cdn:DescribeUserDomains")

    ran = informed("doctor", "--json")

    assert (ran.code, ran.json["Healthy"]) == (1, False)
    found = about(ran, "product CDN")
    assert (found["Mark"], found["Todo"]) == ("error", "grant it to the key or role")
    assert json.loads(found["Policy"]) == {
        "Effect": "Allow",
        "Action": ["cdn:DescribeUserDomains"],
        "Resource": ["acs:cdn:*:*:domain/*"],
    }
    assert found["Actions"]["cdn:DescribeUserDomains"] == "denied"
    assert found["Actions"]["cdn:DescribeCdnDomainDetail"] == "not tried"
    assert about(ran, "product OSS")["Actions"]["oss:ListBuckets"] == "allowed"


def test_a_permission_that_is_missing_for_the_slots_alone_is_told(informed: Command, cloud: Cloud) -> None:
    cloud.deny("cdn:DescribeDomainCertificateInfo")

    found = about(informed("doctor", "--json"), "product CDN")

    assert found["Actions"]["cdn:DescribeUserDomains"] == "allowed"
    assert found["Actions"]["cdn:DescribeDomainCertificateInfo"] == "denied"


def test_cas_that_may_not_be_read_is_told_with_all_that_it_takes(informed: Command, cloud: Cloud) -> None:
    cloud.deny("yundun-cert:ListUserCertificateOrder")

    found = about(informed("doctor", "--json"), "cas cn-hangzhou")

    assert found["Mark"] == "error"
    assert json.loads(found["Policy"])["Action"] == [
        "yundun-cert:GetCertificateDetail",
        "yundun-cert:ListCertificates",
        "yundun-cert:ListUserCertificateOrder",
    ]


def test_that_levels_may_not_be_asked_for_stops_nothing(informed: Command, cloud: Cloud) -> None:
    cloud.deny("yundun-cert:ListInstances")

    ran = informed("doctor", "--json")

    found = about(ran, "levels cn-hangzhou")
    assert (ran.code, found["Mark"], about(ran, "cas cn-hangzhou")["Mark"]) == (0, "warning", "ok")
    assert json.loads(found["Policy"])["Action"] == ["yundun-cert:ListInstances"]


def test_a_product_that_the_account_does_not_use_is_no_missing_permission(
    informed: Command, cloud: Cloud
) -> None:
    message = "You have not activated the CDN service."
    cloud.faults.add(Fault("DescribeUserDomains", 403, "CdnServiceNotFound", message=message))

    found = about(informed("doctor", "--json"), "product CDN")

    assert found["Mark"] == "warning"
    assert found["Todo"] == "activate it, or leave CDN out of CERTDEPLOY_PRODUCTS"
    assert "Policy" not in found or not found["Policy"]


def test_a_product_that_has_none_of_the_regions_is_told(
    informed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_REGIONS", "eu-central-1")

    ran = informed("doctor", "--json")

    assert (marks(ran)["product ALB"], marks(ran)["product CDN"]) == ("warning", "ok")
    assert "none of its regions is in CERTDEPLOY_REGIONS" in about(ran, "product ALB")["Text"]


def test_a_product_that_does_not_answer_is_told_and_the_others_are_looked_at(
    informed: Command, cloud: Cloud
) -> None:
    cloud.faults.add(Fault("DescribeUserDomains", drop=True))

    ran = informed("doctor", "--json")

    assert (marks(ran)["product CDN"], marks(ran)["product ALB"]) == ("error", "ok")
    assert "is the way to its hosts open?" in about(ran, "product CDN")["Todo"]


def test_where_no_api_is_reached_only_that_is_told_and_what_the_state_says(
    informed: Command, cloud: Cloud
) -> None:
    """As in a VPC without a NAT gateway."""
    cloud.faults.add(Fault("GetCallerIdentity", drop=True))

    ran = informed("doctor", "--json")

    found = about(ran, "internet")
    assert (found["Mark"], ran.code) == ("error", 1)
    assert "NAT gateway" in found["Todo"]
    assert not {"key", "product CDN", "cas cn-hangzhou"} & marks(ran).keys()
    assert marks(ran)["state"] == "ok"


def test_a_wrong_key_is_told_and_shown_nowhere(informed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "NotTheRightSecretOfThisKey")

    ran = informed("doctor", "--json")

    assert about(ran, "key")["Mark"] == "error"
    assert "NotTheRight" not in ran.out + ran.err


def test_no_key_at_all_is_told(informed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")

    found = about(informed("doctor", "--json"), "key")

    assert (found["Mark"], "ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty" in found["Text"]) == ("error", True)


@pytest.mark.parametrize(("seconds", "mark"), [(30, "ok"), (-90, "warning"), (2000, "error")])
def test_a_clock_that_is_off_is_told(
    informed: Command, monkeypatch: pytest.MonkeyPatch, seconds: int, mark: str
) -> None:
    whole = App.build

    def ahead(*args: Any, **kwargs: Any) -> App:
        app = whole(*args, **kwargs)
        off = timedelta(seconds=seconds)
        return replace(app, world=replace(app.world, clock=lambda: app.world.clock() + off))

    monkeypatch.setattr(sessions.App, "build", ahead)

    assert about(informed("doctor", "--json"), "clock")["Mark"] == mark


def test_who_is_told_is_shown(informed: Command) -> None:
    assert (
        informed(
            "contact", "add", "--name", "ops", "--channel", "slack=file:/there/is/none", "--default"
        ).code
        == 0
    )

    found = about(informed("doctor", "--json"), "contacts")

    assert (found["Mark"], "ops" in found["Text"]) == ("ok", True)


@pytest.mark.usefixtures("informed")
def test_what_the_time_did_not_suffice_for_is_told(cloud: Cloud) -> None:
    cloud.faults.add(Fault("DescribeUserDomains", latency_ms=700, refuse=False))

    found = check(session().app(), 0.3, own_calls=True)

    (cdn,) = [one for one in found.findings if one.about == "product CDN"]
    assert (cdn.mark, cdn.text) == (Mark.UNKNOWN, "1 of its regions were not asked in time")


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_screen_but_for_what_is_to_be_copied(
    informed: Command, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    cloud.deny("cdn:DescribeUserDomains")
    monkeypatch.setenv("COLUMNS", str(width))

    lines = informed("doctor").out.splitlines()

    whole = [line for line in lines if line.lstrip().startswith("{")]
    assert json.loads(whole[0])["Action"] == ["cdn:DescribeUserDomains"]
    words = [line for line in lines if line not in whole and len(line.split()) > 2]
    assert max(map(len, words)) <= width


def test_in_a_pipe_each_finding_is_a_line_that_grep_finds_whole(
    informed: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS")

    lines = informed("doctor").out.splitlines()

    (line,) = [line for line in lines if "contacts:" in line]
    assert line.startswith("warning  contacts: no contact and no webhook")
    assert line.endswith("nothing replaces a certificate")
    assert lines[-1] == "2 warnings"
