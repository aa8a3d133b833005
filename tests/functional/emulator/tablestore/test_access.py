"""Tablestore through the vendor's SDK: signatures, who may come in, how often and from where."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tablestore import OTSClientError

from emulator.cloud import utc_now
from tests.functional.emulator.tablestore.ots import Tablestore, a_client, key, refused


@pytest.mark.parametrize("region", [None, "cn-hangzhou"], ids=["V2", "V4"])
@pytest.mark.parametrize("session", [False, True], ids=["key", "token"])
def test_requests_and_answers_are_signed(tablestore: Tablestore, region: str | None, session: bool) -> None:
    """The SDK verifies the answer's signature, date and checksum by itself."""
    cloud = tablestore.cloud
    access = cloud.keys.add(cloud.account, expires=utc_now() + timedelta(hours=1)) if session else cloud.key
    assert a_client(tablestore.server, access, region=region).list_table() == ("rows",)
    with refused("OTSAuthFailed", "Signature mismatch", 403):
        a_client(tablestore.server, access, region=region, secret="wrong").list_table()


def test_a_session_that_is_over_is_refused(tablestore: Tablestore) -> None:
    cloud = tablestore.cloud
    access = cloud.keys.add(cloud.account, expires=utc_now() - timedelta(hours=1))
    with refused("OTSAuthFailed", "expired", 403):
        a_client(tablestore.server, access).list_table()


def test_a_clock_that_is_off_is_refused(tablestore: Tablestore, monkeypatch: pytest.MonkeyPatch) -> None:
    later = utc_now() + timedelta(minutes=16)
    monkeypatch.setattr(tablestore.cloud, "signing_clock", lambda: later)
    with pytest.raises(OTSClientError, match="15 minutes"):  # the SDK looks at the answer's date first
        tablestore.client.list_table()
    assert tablestore.cloud.calls[-1].code == "OTSAuthFailed"


def test_an_instance_that_there_is_not_is_refused(tablestore: Tablestore) -> None:
    with refused("OTSAuthFailed", "not found", 403):
        a_client(tablestore.server, instance="other").list_table()


@pytest.mark.parametrize(
    ("host", "met"),
    [
        ("certdeploy.cn-hangzhou.ots.aliyuncs.com", False),
        ("certdeploy.cn-hangzhou.vpc.tablestore.aliyuncs.com", True),
        ("certdeploy.cn-hangzhou.ots-internal.aliyuncs.com", True),
    ],
)
def test_an_instance_may_be_closed_to_the_internet(tablestore: Tablestore, host: str, met: bool) -> None:
    """As the vendor's documents say of new ones; others of its pages say the opposite."""
    client = a_client(tablestore.server, extra_headers={"x-emulator-host": host})
    assert client.list_table() == ("rows",)
    tablestore.service.choose(network="vpc")
    if met:
        assert client.list_table() == ("rows",)
    else:
        with refused("OTSAuthFailed", "Request denied by instance ACL policies.", 403):
            client.list_table()


def test_a_denied_action_is_refused(tablestore: Tablestore) -> None:
    tablestore.cloud.deny("ots:PutRow", resource="rows")
    with refused("OTSNoPermissionAccess", "You have no permission", 403):
        tablestore.put(key("a", 1))
    tablestore.create("others")
    tablestore.table = "others"
    tablestore.put(key("a", 1))


def test_tables_are_changed_only_so_often(tablestore: Tablestore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tablestore.cloud, "limits", "documented")
    with refused("OTSQuotaExhausted", "Too frequent table operations.", 403):
        for number in range(30):
            tablestore.create(f"t{number}")


def test_an_instance_has_sixty_four_tables(tablestore: Tablestore) -> None:
    for number in range(63):
        tablestore.create(f"t{number}")
    with refused("OTSQuotaExhausted", "quota", 403):
        tablestore.create("more")
