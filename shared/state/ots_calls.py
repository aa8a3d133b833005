"""Calls to Tablestore: what may be repeated, for how long, and every failure as an error of our tree."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shared.errors import (
    AppError,
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from shared.state.ots_client import CONDITION, Failure, sdk
from shared.state.tables import Table
from shared.state.tablestore_address import Address

Item = TypeVar("Item")
Result = TypeVar("Result")

_LONGEST_S: Final = 10.0  #: that one operation is repeated; the platform repeats functions
_FIRST_S, _LAST_S = 0.1, 2.0  #: pauses
_THROTTLED: Final = frozenset({"OTSServerBusy", "OTSNotEnoughCapacityUnit", "OTSOperationThrottled"})
#: Another write of the row or its table is under way; nothing has happened.
_BUSY: Final = frozenset(
    {"OTSRowOperationConflict", "OTSTableNotReady", "OTSPartitionUnavailable", "OTSOperationConflict"}
)
_UNKNOWN: Final = frozenset({"OTSTimeout", "OTSInternalServerError", "OTSServerUnavailable"})
_CLOSED: Final = (
    "the instance's access list refuses this host: allow it, or name another host of the instance"
)


@dataclass(frozen=True)
class Failed(Generic[Item]):
    """A row of a batch that failed, by no condition."""

    item: Item
    why: Failure


class _UnmetError(Exception):
    """The row is not as the condition demands."""


class Calls:
    def __init__(self, address: Address, sleep: Callable[[float], None], timer: Callable[[], float]) -> None:
        self._address, self._sleep, self._timer = address, sleep, timer

    def read(self, action: str, table: Table | None, ask: Callable[[], Result]) -> Result:
        """Raises CloudError."""
        for last in self._tries():
            try:
                return self._asked(action, table, ask)
            except CloudError as error:
                if last or not error.retryable:
                    raise
        raise AssertionError("the last try returns or raises")

    def write(
        self,
        action: str,
        table: Table,
        attempt: Callable[[], None],
        carried_out: Callable[[], bool],
        *,
        look_anyway: bool = False,
    ) -> bool:
        """Whether it was carried out; if not, the row is not as the condition demands.

        `carried_out`: reads the row. It is asked where an earlier try may have been carried out, or
        `look_anyway`. A try that may have been is repeated under its condition: then it is carried out once.
        """
        unsure = look_anyway
        for last in self._tries():
            try:
                self._asked(action, table, attempt)
                return True
            except _UnmetError:
                return unsure and carried_out()
            except CloudError as error:
                if not _may_be_repeated(error):
                    raise
                if last and not self._found_out(carried_out):
                    raise
                if last:
                    return True
                unsure = True
        raise AssertionError("the last try returns or raises")

    @staticmethod
    def _found_out(carried_out: Callable[[], bool]) -> bool:
        try:
            return carried_out()
        except CloudError:
            return False

    def each(
        self,
        action: str,
        table: Table,
        items: Sequence[Item],
        ask: Callable[[Sequence[Item]], list[Failed[Item]]],
    ) -> None:
        """One request for all, and again for those that fail for now. `ask` tells which failed."""
        left = items
        for last in self._tries():
            try:
                failed = self._asked(action, table, lambda: ask(left))  # noqa: B023 - called at once
            except CloudError as error:
                if last or not _may_be_repeated(error):
                    raise
                continue
            if not failed:
                return
            errors = [self._error(action, table, one.why.code, one.why.message, 0, "-") for one in failed]
            if lasting := next((error for error in errors if last or not error.retryable), None):
                raise lasting
            left = [one.item for one in failed]

    def _tries(self) -> Iterator[bool]:
        """Again and again, with growing pauses, for a while; True at the last."""
        until, pause_s = self._timer() + _LONGEST_S, _FIRST_S
        while True:
            last = self._timer() + pause_s >= until
            yield last
            self._sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - so that many do not come at once
            pause_s = min(2 * pause_s, _LAST_S)

    def _asked(self, action: str, table: Table | None, ask: Callable[[], Result]) -> Result:
        from urllib3.exceptions import HTTPError

        try:
            return ask()
        except AppError:
            raise
        except sdk().OTSServiceError as error:
            status, code, why = error.get_http_status(), error.get_error_code(), error.get_error_message()
            if code == CONDITION:
                raise _UnmetError from None
            raise self._error(action, table, code, why, status, error.get_request_id() or "-") from error
        except HTTPError as error:
            why = f"{self._at(table)}: no answer ({type(error).__name__})"
            raise CloudUnavailableError(action, "NoAnswer", why) from error
        except Exception as error:  # the SDK's own: a wrong checksum or date, and whatever its decoder raises
            why = f"{self._at(table)}: {type(error).__name__}"
            if isinstance(error, sdk().OTSClientError):
                why += f": {error}"
            raise UnreadableAnswerError(action, why) from error

    def _error(
        self, action: str, table: Table | None, code: str, message: str, status: int, request_id: str
    ) -> CloudError:
        kind: type[CloudError] = CloudRejectedError
        if code in _THROTTLED or (code == "OTSQuotaExhausted" and "frequent" in message):
            kind = CloudThrottledError
        elif code in _BUSY:
            kind = CloudBusyError
        elif code in _UNKNOWN or status >= 500:
            kind = CloudUnavailableError
        elif code == "OTSObjectNotExist":
            message = f"{message} (a stack has its tables; `certdeploy state create` makes them)"
        elif code == "OTSNoPermissionAccess":
            kind = CloudDeniedError
        elif code == "OTSAuthFailed":
            closed = "ACL" in message
            kind, message = (
                (CloudDeniedError, f"{message} ({_CLOSED})") if closed else (CloudCredentialsError, message)
            )
        return kind(action, code, f"{self._at(table)}: {message}", request_id)

    def _at(self, table: Table | None) -> str:
        return f"{self._address.table(table.name)} of {self._address}" if table else str(self._address)


def _may_be_repeated(error: CloudError) -> bool:
    """Of a write, or a batch: where nobody understands the answer, the outcome is unknown too."""
    return error.retryable or isinstance(error, UnreadableAnswerError)
