"""Invokes functions on Function Compute 3.0, or in a service of 2.0."""

import logging
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from shared.cloud import loopback
from shared.cloud.api import Action, Api
from shared.cloud.credentials import Provider
from shared.cloud.faults import classify
from shared.cloud.fc2 import API as FC2
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import parsed
from shared.cloud.redact import redact
from shared.domain.regions import KNOWN, Regions
from shared.errors import (
    CloudRejectedError,
    CloudUnavailableError,
    InvalidRequestError,
    NotFoundError,
)

_NAMED_OTHERWISE: Final = (
    *("me-central-1", "cn-hangzhou-finance", "cn-shanghai-finance-1", "cn-heyuan-acdr-1"),
)
API: Final = Api(
    "fc",
    "2023-03-30",
    "ROA",
    ram="fc",
    hosts="fcv3.{region}.aliyuncs.com",
    other_hosts={region: f"{region}.fc.aliyuncs.com" for region in _NAMED_OTHERWISE},
)
_PATH: Final = "/2023-03-30/functions/{name}/invocations"
_NAME: Final = "InvokeFunction"
# Handlers are idempotent (delivery is at least once anyway), so an asynchronous invocation is retried after
# a lost response. A synchronous one may take long and its caller waits, so it raises instead.
INVOKE_ASYNC: Final = Action(_NAME, path=_PATH, per_second=100)
INVOKE_SYNC: Final = Action(_NAME, path=_PATH, per_second=100, writes=True)
ASYNC_LIMIT: Final = 128 * 1024  #: bytes
_CONNECT_S: Final = 5.0
_ASYNC_TIMEOUT_S: Final = 15.0  #: accepting an invocation takes no longer
_SYNC_TIMEOUT_S: Final = 600.0  #: as long as a function may run


class FunctionFailedError(CloudRejectedError):
    """The function raised an error, with this `error_type` and `error_message`."""

    def __init__(self, function: str, body: bytes, request_id: str) -> None:
        try:
            told = parsed(body)
            self.error_type = str(told.get("errorType") or "Error")
            self.error_message = redact(str(told.get("errorMessage") or ""))
        except (ValueError, AttributeError):
            self.error_type, self.error_message = "Error", "no error message"
        super().__init__(function, self.error_type, self.error_message, request_id)


class Functions(Protocol):
    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        """Invoke a function by its folder's name; returns its answer, or b"" if asynchronous.

        Raises:
            InvalidRequestError: more than 128 KB for an asynchronous invocation.
            NotFoundError: no such function.
            FunctionFailedError: a synchronous invocation raised.
        """


class Fc3Functions:
    """Functions named `<prefix>-<function>` in one region."""

    def __init__(self, openapi: OpenApi, prefix: str, region: str) -> None:
        self._openapi = openapi
        self._prefix = prefix
        self._region = region

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        _check_size(function, payload, asynchronous)
        name = f"{self._prefix}-{function}"
        try:
            answer = self._openapi.call_raw(
                API,
                INVOKE_ASYNC if asynchronous else INVOKE_SYNC,
                region=self._region,
                path={"name": name},
                headers={"x-fc-invocation-type": "Async" if asynchronous else "Sync"},
                body=payload,
                read_timeout_s=None if asynchronous else _SYNC_TIMEOUT_S,
            )
        except CloudRejectedError as error:
            if error.cloud_code != "FunctionNotFound":
                raise
        else:
            if "x-fc-error-type" in answer.headers:
                request_id = answer.headers.get("x-fc-request-id", "-")
                raise FunctionFailedError(name, answer.body, request_id)
            return answer.body
        raise NotFoundError("Function", name)


class Fc2Functions:
    """Functions `<prefix>-<function>` in a service of Function Compute 2.0, through `aliyun-fc2`.

    `endpoint`: of an emulated cloud, "http://127.0.0.1:8000".
    """

    def __init__(
        self,
        credentials: Provider,
        *,
        service: str,
        prefix: str,
        region: str,
        account_id: str,
        endpoint: str | None = None,
        regions: Regions = KNOWN,
    ) -> None:
        self._credentials = credentials
        self._service = service
        self._prefix = prefix
        host = FC2.host(region, account_id=account_id, known=regions)
        self._endpoint = endpoint or f"https://{host}"
        self._headers = {"x-emulator-host": host} if endpoint else {}
        if endpoint:
            loopback.exempt_from_proxies(str(urlsplit(endpoint).hostname))

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        _check_size(function, payload, asynchronous)
        name = f"{self._prefix}-{function}"
        kind = "Async" if asynchronous else "Sync"
        headers = {**self._headers, "x-fc-invocation-type": kind}
        try:
            answer = self._client(asynchronous).invoke_function(self._service, name, payload, headers)
        except Exception as error:  # FcError, or what `requests` raised
            mapped = _map_fc2(name, error)
        else:
            return bytes(answer.data)
        raise mapped

    def _client(self, asynchronous: bool) -> Any:
        import fc2

        _silence_fc2()
        key = self._credentials()
        return fc2.Client(
            endpoint=self._endpoint,
            accessKeyID=key.access_key_id,
            accessKeySecret=key.access_key_secret,
            securityToken=key.security_token,
            Timeout=(_CONNECT_S, _ASYNC_TIMEOUT_S if asynchronous else _SYNC_TIMEOUT_S),
        )


def _check_size(function: str, payload: bytes, asynchronous: bool) -> None:
    if asynchronous and len(payload) > ASYNC_LIMIT:
        raise InvalidRequestError(
            f"{len(payload)} bytes for {function}: the limit of an asynchronous invocation is {ASYNC_LIMIT}"
        )


def _map_fc2(name: str, error: Any) -> Exception:
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return CloudUnavailableError(_NAME, type(error).__name__, "no answer from the API")
    text, request_id = str(error.message), str(error.request_id)
    if status < 400:  # the call succeeded, the function failed
        return FunctionFailedError(name, text.encode(), request_id)
    code = str(error.err_code or f"HTTP {status}")
    if code == "FunctionNotFound":
        return NotFoundError("Function", name)
    return classify(code, status)(_NAME, redact(code), redact(_told(text)), request_id)


def _told(text: str) -> str:
    """The message in the JSON that this client reports as the message."""
    try:
        return str(parsed(text)["ErrorMessage"])
    except (ValueError, KeyError, TypeError):
        return text


def _not_from_fc2(record: logging.LogRecord) -> bool:
    return Path(record.pathname).parent.name != "fc2"


def _silence_fc2() -> None:
    """The client logs failed requests with all headers, including the token, to the root logger."""
    logging.getLogger().addFilter(_not_from_fc2)  # adding it twice has no effect
