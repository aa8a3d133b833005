"""Invoking functions: by what runs those of the host (`Cloud.functions`). FC 3.0 and 2.0 share it."""

from __future__ import annotations

from typing import Protocol

from emulator.api import ApiError, Call, Raw
from emulator.service import EmulatedService
from host.errors import (
    HostStoppedError,
    InvalidTaskIdError,
    PayloadTooLargeError,
    TaskExistsError,
)

SYNC_LIMIT = 32 * 1024 * 1024
ASYNC_LIMIT = 128 * 1024


class InvocationResult(Protocol):
    """`status` 200 or 202; a function that failed is a 200 with an `error_type`."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def error_type(self) -> str | None: ...


class Functions(Protocol):
    """What runs the functions: `host.host.Host`, or a test's own."""

    def invoke(
        self,
        name: str,
        payload: bytes,
        *,
        asynchronous: bool,
        request_id: str,
        task_id: str | None,
    ) -> InvocationResult:
        """Raises LookupError for an unknown name, and the refusals of `host.errors`."""


class Invoking(EmulatedService):
    def _invoke(self, call: Call, names: tuple[str, ...], kind: str, task_id: str | None) -> Raw:
        """Invoke the first of `names` that there is."""
        if kind not in ("Sync", "Async"):
            raise ApiError(400, "InvalidArgument", "The invocation type must be Sync or Async.")
        asynchronous = kind == "Async"
        limit = ASYNC_LIMIT if asynchronous else SYNC_LIMIT
        if len(call.raw_body) > limit:
            raise _too_large(limit)
        return self._carried_out(call, names, asynchronous, task_id, limit)

    def _carried_out(
        self, call: Call, names: tuple[str, ...], asynchronous: bool, task_id: str | None, limit: int
    ) -> Raw:
        result = self._first(call, names, asynchronous, task_id, limit)
        headers = {"x-fc-request-id": call.request_id}
        if result.error_type:
            headers["x-fc-error-type"] = result.error_type
        return Raw(202 if asynchronous else 200, result.body, headers)

    def _first(
        self,
        call: Call,
        names: tuple[str, ...],
        asynchronous: bool,
        task_id: str | None,
        limit: int,
    ) -> InvocationResult:
        functions: Functions | None = self.cloud.functions
        for name in names if functions is not None else ():
            assert functions is not None
            try:
                return functions.invoke(
                    name,
                    call.raw_body,
                    asynchronous=asynchronous,
                    request_id=call.request_id,
                    task_id=task_id,
                )
            except LookupError:
                continue
            except PayloadTooLargeError:
                raise _too_large(limit) from None
            except InvalidTaskIdError as error:
                raise ApiError(400, "InvalidArgument", str(error)) from None
            except TaskExistsError as error:
                raise ApiError(409, "AsyncTaskAlreadyExists", str(error)) from None
            except HostStoppedError as error:
                raise ApiError(503, "ServiceUnavailable", str(error)) from None
        raise ApiError(404, "FunctionNotFound", f"function '{names[-1]}' does not exist")


def _too_large(limit: int) -> ApiError:
    return ApiError(400, "EntityTooLarge", f"payload size exceeds maximum allowed size ({limit} bytes)")
