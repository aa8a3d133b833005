"""What Tablestore refuses, for now or for good, and what is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emulator.cloud import Cloud, utc_now
from emulator.faults import Fault
from emulator.services.tablestore.tablestore import Service
from shared.cloud.credentials import Credentials
from shared.errors import (
    AppError,
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from shared.state.store import Key
from shared.state.tables import JOBS
from shared.state.tablestore import TablestoreStore
from shared.state.tablestore_address import Address
from tests.tablestores import Time, actions, keys

KEY: Key = ("me", 1)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"code": "OTSServerBusy"}, CloudThrottledError),
        ({"status": 403, "code": "OTSNotEnoughCapacityUnit"}, CloudThrottledError),
        (
            {"status": 403, "code": "OTSQuotaExhausted", "message": "Too frequent table operations."},
            CloudThrottledError,
        ),
        ({"status": 409, "code": "OTSRowOperationConflict"}, CloudBusyError),
        ({"status": 404, "code": "OTSTableNotReady"}, CloudBusyError),
        ({"code": "OTSServerUnavailable"}, CloudUnavailableError),
        ({"drop": True}, CloudUnavailableError),
    ],
    ids=lambda value: value.get("code", "drop") if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("action", ["GetRow", "PutRow"])
def test_what_is_refused_for_now_is_asked_again_for_ten_seconds(
    store: TablestoreStore, cloud: Cloud, time: Time, fault: dict[str, Any], kind: type[AppError], action: str
) -> None:
    def ask(number: int) -> None:
        if action == "GetRow":
            store.get(JOBS, ("me", number))
        else:
            store.put(JOBS, ("me", number), {}, version=0)

    cloud.faults.add(Fault(action, times=4, **fault))
    ask(1)
    assert actions(cloud).count(action) == 5

    begun = time.passed
    cloud.faults.add(Fault(action, times=99, **fault))
    with pytest.raises(kind, match=f"{action}: .*jobs of state-") as told:
        ask(2)
    assert told.value.retryable
    assert 5 < time.passed - begun <= 10
    cloud.faults.clear()


def test_who_is_not_let_in_is_told_why(store: TablestoreStore, cloud: Cloud, address: Address) -> None:
    cloud.deny("ots:PutRow", resource="jobs")
    with pytest.raises(CloudDeniedError, match=r"PutRow: OTSNoPermissionAccess: jobs of state-"):
        store.put(JOBS, KEY, {}, version=0)
    cloud.service(Service).choose(network="vpc")
    with pytest.raises(CloudDeniedError, match=r"ACL policies.*name another host of the instance"):
        store.get(JOBS, KEY)
    cloud.service(Service).choose(network="open")
    stranger = TablestoreStore(address, lambda: Credentials("LTAI-nobody", "a-secret"))
    with pytest.raises(CloudCredentialsError, match="OTSAuthFailed") as told:
        stranger.get(JOBS, KEY)
    assert "a-secret" not in str(told.value)
    other = TablestoreStore(Address("elsewhere", address.endpoint), keys)
    with pytest.raises(CloudCredentialsError, match="elsewhere at http"):
        other.get(JOBS, KEY)


def test_a_table_that_is_missing_is_told(store: TablestoreStore, cloud: Cloud, address: Address) -> None:
    missing = TablestoreStore(Address(address.instance, address.endpoint, "other"), keys)
    with pytest.raises(CloudRejectedError, match="OTSObjectNotExist: other_jobs of state-"):
        missing.put(JOBS, KEY, {}, version=0)
    assert actions(cloud) == ["PutRow"]


def test_a_tablestore_that_is_not_there_is_told_in_a_sentence(time: Time) -> None:
    nowhere = TablestoreStore(Address("state", "http://127.0.0.1:1"), keys, sleep=time.sleep, timer=time)
    with pytest.raises(
        CloudUnavailableError, match=r"GetRow: NoAnswer: jobs of state at http://127\.0\.0\.1:1"
    ):
        nowhere.get(JOBS, KEY)


def test_keys_are_asked_for_at_each_call(cloud: Cloud, address: Address) -> None:
    """A function has others at each invocation: in its context, or in its environment."""
    sessions = iter(
        cloud.keys.add(cloud.account, expires=utc_now() + timedelta(hours=hours)) for hours in (-1, 1)
    )

    def provide() -> Credentials:
        key = next(sessions)
        return Credentials(key.access_key_id, key.access_key_secret, key.token)

    store = TablestoreStore(address, provide)
    with pytest.raises(CloudCredentialsError, match="expired"):
        store.get(JOBS, KEY)
    assert store.get(JOBS, KEY) is None
