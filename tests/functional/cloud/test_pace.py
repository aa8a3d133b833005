"""Whose calls wait for each other, and for how long: at a clock of the test's own."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from shared.cloud import cas, functions
from shared.cloud.api import Action, Api
from tests.functional.cloud.account import READ, Account, throttled


@pytest.mark.parametrize(
    ("action", "limit"),
    [
        (cas.LIST_CERTIFICATES, 10),
        (cas.LIST_USER_CERTIFICATE_ORDER, 10),
        (cas.GET_USER_CERTIFICATE_DETAIL, 10),
        (cas.UPLOAD_USER_CERTIFICATE, 10),
        (functions.INVOKE_ASYNC, 100),
        (functions.INVOKE_SYNC, 100),
        (READ, 20),  # where no limit is published
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_an_action_keeps_below_the_vendors_limit(action: Action, limit: int) -> None:
    """A thirtieth of a second's calls at once, one at least; and the others in each second from then on."""
    account, burst = Account(), max(1, limit / 30)
    account.call(action, count=40)
    assert account.now == pytest.approx((40 - burst) / (limit - burst))


@pytest.mark.parametrize(
    "other",
    [
        lambda account: account.call(region="cn-hangzhou"),
        lambda account: account.call(Action("Other")),
        lambda account: account.call(api=Api("nlb", "2022-04-30", "RPC", "nlb", "nlb.{region}.aliyuncs.com")),
        lambda account: (setattr(account, "key", "two"), account.call()),
    ],
    ids=["region", "action", "product", "key"],
)
def test_only_calls_of_one_kind_wait_for_each_other(other: Callable[[Account], object]) -> None:
    account = Account()
    account.call(count=10)
    before = account.now
    other(account)
    assert account.now == before
    account.key = "one"
    account.call()
    assert account.now > before


def test_who_was_throttled_goes_on_at_half_the_pace() -> None:
    account = Account()
    account.openapi = account.client(max_attempts=1)
    account.call(count=10)
    before = account.now
    account.call()
    full = account.now - before

    account.failing(throttled(None))
    account.call()
    before = account.now
    account.call()

    assert 1.9 * full < account.now - before < 2 * full


def test_calls_are_spread_evenly_once_the_burst_is_used_up() -> None:
    account, moments = Account(), []
    for _ in range(12):
        account.call(functions.INVOKE_ASYNC)
        moments.append(account.now)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[:2] == [0] * 2
    assert gaps[3:] == pytest.approx([3 / 290] * 8)
