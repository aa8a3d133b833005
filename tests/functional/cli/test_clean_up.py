"""`certificate clean-up` tells, by its exit code too, that not all was looked at or that something stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.session import session
from emulator.cloud import Cloud
from emulator.faults import Fault
from tests.functional.cli.conftest import Command

ENDED = "10743322-cn-hangzhou"
UNREAD = "not looked at: the store of SLB cn-hangzhou: DescribeServerCertificates: Forbidden"


@pytest.fixture
def ended(informed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that has ended long ago and that nothing serves."""
    monkeypatch.setattr("shared.services.needed.default_products", lambda: ())
    world = session().world()
    record = world.certificates.get(ENDED)
    past = world.clock() - timedelta(days=60)
    was = record.certificate.evolve(not_before=past - timedelta(days=90), not_after=past)
    world.certificates.save(record.evolve(certificate=was))


def unreadable(cloud: Cloud, times: int = 1) -> None:
    """The store of CLB, as often as it is asked."""
    cloud.faults.add(Fault("DescribeServerCertificates", 403, "Forbidden", times=times))


@pytest.mark.usefixtures("ended")
def test_all_was_looked_at_and_what_was_to_go_is_gone(informed: Command, cloud: Cloud) -> None:
    done = informed("certificate", "clean-up", "--yes")

    assert (done.code, "not looked at" in done.err) == (0, False), done.err
    assert cloud.service("cas").find(ENDED) is None


@pytest.mark.usefixtures("ended")
def test_a_store_that_could_not_be_read_is_told_though_something_was_deleted(
    informed: Command, cloud: Cloud
) -> None:
    unreadable(cloud)

    done = informed("certificate", "clean-up", "--yes")

    assert (done.code, UNREAD in done.err) == (1, True), done.err
    assert cloud.service("cas").find(ENDED) is None


def test_a_store_that_could_not_be_read_is_told_where_there_is_nothing_to_delete(
    informed: Command, cloud: Cloud
) -> None:
    unreadable(cloud, times=2)
    done = informed("certificate", "clean-up", "--yes", "--only", "SLB")
    assert (done.code, UNREAD in done.err) == (1, True), done.err

    shown = informed("certificate", "clean-up", "--preview", "--only", "SLB")
    assert (shown.code, UNREAD in shown.err) == (0, True), shown.err


def test_where_nothing_may_be_deleted_it_fails(informed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN")

    done = informed("certificate", "clean-up", "--yes")

    assert (done.code, "nothing can be deleted: CERTDEPLOY_PRODUCTS leaves out" in done.err) == (1, True)
