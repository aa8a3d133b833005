"""What the cloud holds, as the command shows it; without a `serve`, the command looks by itself."""

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from shared.products import default_products
from tests.functional.cli.conftest import OTHER, SHOP, Command


@pytest.mark.long
def test_discovery_ends_with_every_product_synced(command: Command) -> None:
    ran = command("discover", "--json")

    assert ran.code == 0
    assert {row["Product"] for row in ran.json["Statuses"]} == {one.value for one in default_products()}
    assert {row["State"] for row in ran.json["Statuses"]} == {"synced"}


def test_a_product_that_cannot_be_read_is_told_with_its_reason(command: Command, cloud: Cloud) -> None:
    cloud.deny("cdn:DescribeUserDomains")

    ran = command("discover", "--product", "CDN")
    shown = command("resource", "list")

    assert ran.code != 0
    assert "failed" in shown.out
    assert "DescribeUserDomains" in shown.out


def test_a_product_never_asked_is_told_so(command: Command) -> None:
    assert "never synchronised" in command("resource", "list").out


def test_certificates_are_listed_the_next_to_end_first(informed: Command) -> None:
    listed = informed("certificate", "list", "--json").json["Certificates"]

    assert [row["Name"] for row in listed] == ["shop", "other", "renewed"]


def test_resources_are_shown_with_the_names_that_people_read(informed: Command) -> None:
    ran = informed("resource", "list")

    assert "bücher.example.com" in ran.out
    assert "plain.example.com" not in ran.out


def test_all_resources_include_those_without_a_certificate(informed: Command) -> None:
    listed = informed("resource", "list", "--all", "--json").json["Resources"]

    assert {row["ResourceId"] for row in listed} >= {"plain.example.com", "www.example.com"}


def test_resources_are_selected_by_certificate(informed: Command) -> None:
    def carrying(cert_id: int) -> list[str]:
        ran = informed("resource", "list", "--all", "--certificate", str(cert_id), "--json")
        return sorted(row["ResourceId"] for row in ran.json["Resources"])

    assert carrying(SHOP) == ["bücher.example.com", "www.example.com"]
    assert carrying(OTHER) == []


def test_what_nobody_can_run_is_told_as_held_back(informed: Command, cloud: Cloud) -> None:
    cloud.service("cas").add("new", "cn-hangzhou", Authority().issue(["example.net"], key="ecdsa-p256"))

    assert "not run until `certdeploy serve` runs: create_deployment_job" in informed("scan").err


def test_a_scan_before_the_first_discovery_says_that_what_is_there_starts_nothing(command: Command) -> None:
    said = "the baseline of cn-hangzhou: what is there now starts no job\n"
    assert [said in command("scan").err for _ in range(2)] == [True, True]

    command("discover", "--product", "CDN")

    assert said not in command("scan").err
