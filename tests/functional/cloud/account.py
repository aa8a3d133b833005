"""An account at a clock of its own, which only the client's pauses move; calls cost no time."""

from dataclasses import dataclass

from shared.cloud.api import Action, Api
from shared.cloud.credentials import Credentials
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.errors import (
    CloudError,
    CloudThrottledError,
)

ALB = Api("alb", "2020-06-16", "RPC", "alb", "alb.{region}.aliyuncs.com")
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
