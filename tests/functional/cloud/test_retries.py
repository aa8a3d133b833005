"""How often a call is tried, after which pauses, and what ends it: at a clock of the test's own."""

import pytest

from shared.cloud.credentials import Credentials
from shared.cloud.faults import NotSentError
from shared.cloud.openapi import OpenApi
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    SettingsError,
)
from tests.functional.cloud.account import ALB, READ, WRITE, Account, an_error, throttled


@pytest.mark.parametrize(
    ("kind", "read", "write"),
    [
        (CloudThrottledError, 4, 4),
        (CloudBusyError, 4, 4),
        (NotSentError, 4, 4),
        (CloudUnavailableError, 4, 1),
        (CloudRejectedError, 1, 1),
        (CloudDeniedError, 1, 1),
        (CloudCredentialsError, 1, 1),
    ],
)
def test_a_call_is_tried_again_where_that_may_help_and_harms_nobody(
    kind: type[CloudError], read: int, write: int
) -> None:
    for action, tries in ((READ, read), (WRITE, write)):
        errors = [an_error(kind, f"{number}") for number in range(9)]
        assert Account().failing(*errors, action=action) == (tries, errors[tries - 1])


def test_what_goes_well_in_the_end_has_gone_well() -> None:
    errors = [an_error(CloudUnavailableError), an_error(CloudBusyError), throttled(None)]
    assert Account().failing(*errors) == (4, None)


def test_pauses_double_up_to_eight_seconds_and_are_never_all_alike() -> None:
    account = Account()
    account.openapi = account.client(max_attempts=40)
    account.failing(*[an_error(CloudBusyError)] * 40)

    for number, pause in enumerate(account.pauses[:5]):
        assert 0.3 * 2**number <= pause <= 0.3 * 2**number + 0.3
    assert set(account.pauses[5:]) == {8}
    assert len(account.pauses) == 39
    firsts = [_first_pause() for _ in range(20)]
    assert max(firsts) - min(firsts) > 0.1, "or all that were throttled would come back together"


def _first_pause() -> float:
    account = Account()
    account.failing(an_error(CloudBusyError))
    return account.pauses[0]


@pytest.mark.parametrize(("told", "waited"), [(5.0, 5.0), (0.0, None), (None, None)])
def test_the_wait_that_the_cloud_asks_for_is_kept_if_it_is_longer(
    told: float | None, waited: float | None
) -> None:
    account = Account()
    account.failing(throttled(told))
    (pause,) = account.pauses
    assert pause == waited if waited else 0.3 <= pause <= 0.6


@pytest.mark.parametrize(("left_s", "tries"), [(5.4, 1), (5.5, 1), (5.6, 2)])
def test_no_retry_begins_that_cannot_end(left_s: float, tries: int) -> None:
    """The pause that was asked for, and half a second for the call."""
    account = Account(end=left_s)
    error = throttled(5.0)
    made, ended = account.failing(error)
    assert (made, ended) == (tries, error if tries == 1 else None)
    assert len(account.pauses) == tries - 1


def test_missing_credentials_are_told_as_they_are() -> None:
    def provide() -> Credentials:
        raise SettingsError("set a key")

    with pytest.raises(SettingsError, match="set a key"):
        OpenApi(provide).repeat(ALB, READ, "cn-beijing", lambda _: None)


def test_a_turn_beyond_the_end_of_the_invocation_is_not_waited_for() -> None:
    """Others of this process are before it; their pauses are none of its own."""
    account = Account(end=2)
    account.openapi = account.client(queue=True)
    with pytest.raises(
        CloudThrottledError, match=r"Paced: the next call is due in 2\.1 s, but only 2\.0 s are left"
    ):
        account.call(count=40)
    assert (account.now, account.pauses) == (0, [])
