"""Roles of other accounts: assumed once, renewed before their end, and told plainly where they cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.cloud import Cloud, utc_now
from emulator.estate import parse_estate
from emulator.faults import Fault
from emulator.server import running
from shared.cloud import credentials as keys
from shared.cloud.clients import Clients
from shared.cloud.openapi import OpenApi
from shared.cloud.sts import API, WHO
from shared.domain.accounts import Account
from shared.errors import CloudDeniedError, CloudRejectedError, CloudUnavailableError, SettingsError
from tests.clocks import RunningClock

OTHER = "2000000000000002"
ROLE = Account(id=OTHER, role=f"acs:ram::{OTHER}:role/certdeploy")
OWN_ROOT = "acs:ram::1000000000000001:root"


class Rig:
    def __init__(self, **role: Any) -> None:
        self.clock = RunningClock(lambda seconds: 0.0)
        self.cloud = Cloud(clock=self.clock, signing_clock=utc_now, only=["sts", "ram"])
        roles = [{"name": "certdeploy", "trust": [OWN_ROOT], **role}]
        self.cloud.load(parse_estate({"accounts": [{"id": OTHER, "roles": roles}]}))

    def clients(self, endpoint: str, account: Account = ROLE) -> Clients:
        key = self.cloud.key
        own = keys.fixed(keys.Credentials(key.access_key_id, key.access_key_secret))

        def openapi(credentials: keys.Provider) -> OpenApi:
            return OpenApi(credentials, endpoint=endpoint, sleep=lambda seconds: None)

        return Clients(own, openapi, [account], self.clock)

    def left_s(self) -> float:
        """Until the end of the session that the last call was signed with."""
        *_, last = (key.expires for key in self.cloud.keys.all() if key.expires)
        return (last - self.clock()).total_seconds()

    def assumed(self) -> int:
        return sum(call.action == "AssumeRole" for call in self.cloud.calls)


@pytest.fixture
def rig() -> Iterator[tuple[Rig, Clients]]:
    made = Rig()
    with running(made.cloud) as server:
        yield made, made.clients(server.endpoint)


def who(clients: Clients) -> str:
    return clients.of(OTHER).call(API, WHO).needed("Arn")


def test_calls_to_another_account_are_signed_as_its_role_and_it_is_assumed_once(
    rig: tuple[Rig, Clients],
) -> None:
    cloud, clients = rig

    assert {who(clients) for _ in range(3)} == {f"acs:ram::{OTHER}:assumed-role/certdeploy/certdeploy"}
    assert cloud.assumed() == 1


def test_keys_are_renewed_before_their_end_so_that_a_long_run_goes_on(rig: tuple[Rig, Clients]) -> None:
    cloud, clients = rig
    left = []
    for _ in range(12):  # ten minutes each: two hours of a run, with sessions of one
        who(clients)
        left.append(cloud.left_s())
        cloud.clock.sleep(600)

    assert cloud.assumed() == 3
    assert min(left) > 600


def test_where_they_cannot_be_renewed_the_old_keys_are_used_while_they_last(rig: tuple[Rig, Clients]) -> None:
    cloud, clients = rig
    who(clients)
    cloud.clock.sleep(50 * 60)
    cloud.cloud.faults.add(
        Fault(api="Sts", action="AssumeRole", status=503, code="ServiceUnavailable", times=4)
    )

    who(clients)

    cloud.clock.sleep(9.5 * 60)
    cloud.cloud.faults.add(
        Fault(api="Sts", action="AssumeRole", status=503, code="ServiceUnavailable", times=16)
    )
    with pytest.raises(CloudUnavailableError):
        who(clients)
    cloud.cloud.faults.clear()


def test_a_role_that_does_not_trust_us_is_told_with_what_it_needs_and_asked_once() -> None:
    rig = Rig(trust=["acs:ram::999:root"])
    with running(rig.cloud) as server:
        clients = rig.clients(server.endpoint)
        for _ in range(3):
            with pytest.raises(CloudDeniedError, match=f"{ROLE.role}: .*trust policy has to name"):
                who(clients)

    assert rig.assumed() == 1


def test_a_role_that_is_not_there_is_told_so() -> None:
    rig = Rig()
    with running(rig.cloud) as server:
        clients = rig.clients(server.endpoint, ROLE.evolve(role=f"acs:ram::{OTHER}:role/nobody"))
        with pytest.raises(CloudRejectedError, match=r"EntityNotExist\.Role"):
            clients.enter(OTHER)


@pytest.mark.parametrize(("given", "enters"), [("", False), ("wrong", False), ("agreed", True)])
def test_the_external_id_that_a_role_asks_for_is_named(given: str, enters: bool) -> None:
    rig = Rig(external_id="agreed")
    with running(rig.cloud) as server:
        clients = rig.clients(server.endpoint, ROLE.evolve(external_id=given))
        if enters:
            clients.enter(OTHER)
        else:
            with pytest.raises(CloudDeniedError):
                clients.enter(OTHER)


def test_an_account_that_is_not_named_is_not_entered(rig: tuple[Rig, Clients]) -> None:
    with pytest.raises(SettingsError, match="CERTDEPLOY_ACCOUNTS does not include 33"):
        rig[1].of("33")
    assert rig[0].assumed() == 0
