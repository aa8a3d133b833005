"""Several accounts on one emulated cloud: told apart, entered by roles, served, saved with the first one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.edge import offered
from emulator.estate import EstateError, parse_estate
from emulator.saving import saved_estate

OTHER = "2000000000000002"
_PAIR = {"names": ["www.example.com", "there.example.com"], "key": "ecdsa-p256"}
ESTATE: dict[str, Any] = {
    "certificates": {"own": _PAIR},
    "cdn": [{"domain": "www.example.com", "certificate": "own"}],
    "accounts": [
        {
            "id": OTHER,
            "roles": [
                {"name": "certdeploy", "trust": ["acs:ram::1000000000000001:root"], "external_id": "x1"}
            ],
            "certificates": {"own": {**_PAIR, "days": 90}},
            "cdn": [{"domain": "there.example.com", "certificate": "own"}],
        }
    ],
}


def loaded(estate: dict[str, Any]) -> Cloud:
    made = Cloud(only=["cas", "cdn", "ram", "sts"])
    made.load(parse_estate(estate))
    return made


def test_each_account_has_resources_of_its_own_and_clients_meet_all_of_them() -> None:
    cloud = loaded(ESTATE)
    there = cloud.of(OTHER)

    assert (cloud.account, there.account) == ("1000000000000001", OTHER)
    own, other = offered(cloud, "", "www.example.com"), offered(cloud, "", "there.example.com")
    assert own
    assert other
    assert own[0].sha256 != other[0].sha256
    assert [row.id for row in cloud.service("cas").rows()] == [row.id for row in there.service("cas").rows()]


def test_a_reset_is_of_all_accounts_and_a_denial_of_one() -> None:
    cloud = loaded(ESTATE)
    cloud.of(OTHER).deny("cdn:*")
    cloud.of(OTHER).service("cas").new_id()
    assert (len(cloud.denials), len(cloud.of(OTHER).denials)) == (0, 1)

    cloud.reset()

    assert cloud.of(OTHER).denials == []


def test_all_accounts_are_saved_with_what_has_changed_and_come_back_so() -> None:
    first = loaded(ESTATE)
    first.of(OTHER).service("ram").roles["certdeploy"].description = "changed"
    prints = [row.bundle.sha256 for row in first.of(OTHER).service("cas").rows()]

    other = loaded(json.loads(json.dumps(saved_estate(first))))

    assert other.of(OTHER).service("ram").roles["certdeploy"].description == "changed"
    assert [row.bundle.sha256 for row in other.of(OTHER).service("cas").rows()] == prints


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ({"id": "x"}, 'accounts[0].id: "x" does not look like a id'),
        (
            {"id": OTHER, "cdn": [{"domain": "a.example.com", "certificate": "no"}]},
            "accounts[0].cdn[0].certificate",
        ),
        ({"id": OTHER, "roles": [{"name": "r", "trust": ["me"]}]}, "accounts[0].roles[0].trust[0]"),
        ({"id": OTHER, "cnd": []}, 'accounts[0].cnd: unknown field; did you mean "cdn"?'),
    ],
)
def test_what_is_wrong_with_an_account_is_told_with_where(account: dict[str, Any], why: str) -> None:
    with pytest.raises(EstateError) as told:
        parse_estate({"accounts": [account]})

    assert why in str(told.value)


def test_an_account_is_given_once() -> None:
    with pytest.raises(EstateError, match='accounts: id "7" is given twice'):
        parse_estate({"accounts": [{"id": "7"}, {"id": 7}]})
