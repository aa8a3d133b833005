"""`certdeploy status`: an exit code and a screen, for cron and CI."""

from __future__ import annotations

import pytest

from cli.session import session
from emulator.cloud import Cloud
from shared.domain.resources import CloudProduct
from tests.functional.cli.conftest import Command


@pytest.fixture
def healthy(informed: Command) -> Command:
    """All slots have a certificate that ends late."""
    resources = session().world().resources
    for product in CloudProduct:
        for record in list(resources.list(product)):
            resources.remove(record)
    return informed


def test_all_is_well(healthy: Command) -> None:
    ran = healthy("status")

    assert (ran.code, ran.err) == (0, "")
    first, last = ran.out.splitlines()
    assert first.startswith("0 slots, 3 certificates; CAS read ")
    assert last == "✓ nothing needs a hand"
    assert healthy("status", "--quiet").out == ""
    assert healthy("status", "--json").json["NeedsHand"] is False


def test_what_needs_a_hand_is_told_with_the_command_that_shows_it(informed: Command) -> None:
    ran = informed("status", "--ends-within", "30d", "--quiet")

    assert (ran.code, ran.err) == (1, "")
    assert "✗ 2 slots with a certificate that ends soon and has not been replaced yet" in ran.out
    assert "    certdeploy resource list --ends-within 30d --sort expires" in ran.out.splitlines()
    (told,) = informed("status", "--ends-within", "30d", "--json").json["Concerns"]
    assert (told["Code"], told["Count"], told["NeedsHand"]) == ("late", 2, True)


def test_a_product_that_cannot_be_read_is_told_with_why(healthy: Command, cloud: Cloud) -> None:
    cloud.deny("cdn:DescribeUserDomains")
    healthy("discover", "--product", "CDN")

    ran = healthy("status")

    assert ran.code == 1
    assert "✗ 1 region without the permission to read all of it" in ran.out
    assert "CDN: DescribeUserDomains: " in ran.out


def test_what_was_read_long_ago_is_told(healthy: Command) -> None:
    assert healthy("status", "--max-age", "0h").code == 1


@pytest.mark.parametrize("option", ["--ends-within", "--max-age"])
def test_a_span_that_is_none_is_one_sentence(informed: Command, option: str) -> None:
    ran = informed("status", option, "soon")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"certdeploy: {option} 'soon': not a span such as 30d, 2w or 12h\n"


def test_before_anything_was_read_that_is_told(command: Command) -> None:
    ran = command("status")

    assert ran.code == 1
    assert "CAS was never read" in ran.out
    assert "products never discovered" in ran.out
