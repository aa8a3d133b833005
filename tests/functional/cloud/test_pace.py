"""The client at a clock of its own: whose calls wait for each other, how long, and how often it tries."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from shared.cloud import cas, functions
from shared.cloud.api import Action, Api
from shared.cloud.credentials import Credentials
from shared.cloud.faults import NotSentError
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
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

ALB = Api("alb", "2020-06-16", "RPC", "alb")
READ, WRITE = Action("Read"), Action("Write", writes=True)


@dataclass
class Account:
    """A client whose calls cost no time, and a clock that only its pauses move."""

    now: float = 0.0
    key: str = "one"
    end: float | None = None  #: when the invocation is over

    def __post_init__(self) -> None:
        self.pauses: list[float] = []
        self.openapi = self.client()

    def client(self, max_attempts: int = 4, queue: bool = False) -> OpenApi:
        return OpenApi(
            lambda: Credentials(self.key, "secret"),
            pacer=Pacer(lambda: self.now, (lambda _: None) if queue else self._sleep),
            sleep=self._pause,
            deadline=None if self.end is None else lambda: self.end - self.now,
            max_attempts=max_attempts,
        )

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._sleep(seconds)

    def call(self, action: Action = READ, api: Api = ALB, region: str = "cn-beijing", count: int = 1) -> None:
        for _ in range(count):
            self.openapi.repeat(api, action, region, lambda _: None)

    def failing(self, *errors: CloudError, action: Action = READ) -> tuple[int, Exception | None]:
        """How often a call was made that fails with each of these in turn; and how it ended."""
        left, made = list(errors), 0

        def once(_: object) -> None:
            nonlocal made
            made += 1
            if left:
                raise left.pop(0)

        try:
            self.openapi.repeat(ALB, action, "cn-beijing", once)
        except CloudError as error:
            return made, error
        return made, None


def an_error(kind: type[CloudError], code: str = "Code") -> CloudError:
    return kind("Do", code, "because")


def throttled(wait_s: float | None) -> CloudThrottledError:
    error = CloudThrottledError("Do", "Throttling", "slower")
    error.retry_after_s = wait_s
    return error


@pytest.mark.parametrize(
    ("action", "limit"),
    [
        (cas.LIST_CERTIFICATES, 10),
        (cas.LIST_USER_CERTIFICATE_ORDER, 10),
        (cas.GET_USER_CERTIFICATE_DETAIL, 100),
        (cas.UPLOAD_USER_CERTIFICATE, 100),
        (functions.INVOKE_ASYNC, 100),
        (functions.INVOKE_SYNC, 100),
        (READ, 20),  # where no limit is published
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_an_action_keeps_below_the_vendors_limit(action: Action, limit: int) -> None:
    """A fifth of a second's calls at once, and four fifths of them a second from then on."""
    account = Account()
    account.call(action, count=40)
    assert account.now == pytest.approx((40 - limit / 5) / (limit * 4 / 5))


@pytest.mark.parametrize(
    "other",
    [
        lambda account: account.call(region="cn-hangzhou"),
        lambda account: account.call(Action("Other")),
        lambda account: account.call(api=Api("nlb", "2022-04-30", "RPC", "nlb")),
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
    with pytest.raises(CloudThrottledError, match=r"Paced: its turn comes in 2\.1 s, 2\.0 s are left"):
        account.call(count=40)
    assert (account.now, account.pauses) == (0, [])


def test_calls_are_spread_evenly_once_the_burst_is_used_up() -> None:
    account, moments = Account(), []
    for _ in range(12):
        account.call()
        moments.append(account.now)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[:3] == [0] * 3
    assert gaps[3:] == pytest.approx([1 / 16] * 8)
