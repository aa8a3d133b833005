"""Calls any OpenAPI action: signs, paces, retries what is safe to retry, and maps errors.

The official generic client signs and sends; `Action` values describe the actions.
"""

import copy
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from tenacity import RetryCallState, Retrying, retry_if_exception
from tenacity.wait import wait_exponential_jitter

from shared.cloud import loopback
from shared.cloud.api import Action, Api, part_of_path
from shared.cloud.credentials import Credentials, Provider
from shared.cloud.faults import NotSentError, map_error
from shared.cloud.pacing import PACED, Pacer
from shared.cloud.reading import Fields, fields_of, parsed
from shared.domain.regions import KNOWN, Regions
from shared.errors import (
    CloudBusyError,
    CloudError,
    CloudThrottledError,
    CloudUnavailableError,
    SettingsError,
)
from shared.validation.addresses import emulator_problem

Result = TypeVar("Result")
Deadline = Callable[[], float]  #: seconds left for the whole invocation
#: Told of each call, with its API, action and region, and why it failed, if it did.
Watch = Callable[[Api, Action, str, CloudError | None], None]
_BACKOFF: Final = wait_exponential_jitter(multiplier=0.3, max=8, jitter=0.3)

# With DEBUG=sdk in the environment, the SDK logs every header here, including tokens. `disabled` would not
# hold: a `dictConfig` of others sets it anew.
logging.getLogger("darabonba-core").addFilter(lambda record: False)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  #: names in lower case
    body: bytes


class OpenApi:
    """Calls every API of one account. Thread-safe."""

    def __init__(
        self,
        credentials: Provider,
        *,
        endpoint: str | None = None,
        hosts: Mapping[str, str] | None = None,
        regions: Regions = KNOWN,
        pacer: Pacer | None = None,
        deadline: Deadline | None = None,
        max_attempts: int = 4,
        connect_timeout_s: float = 5,
        read_timeout_s: float = 15,
        version: str = "0.1.0",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`endpoint`: "http://127.0.0.1:8000" sends everything to an emulated cloud there.

        `hosts` overrides individual hosts, see `Api.host`; `regions`: those that hosts are made from.
        """
        self._credentials = credentials
        self._hosts = hosts
        self._regions = regions
        self._pacer = pacer or Pacer()
        self._deadline = deadline
        self._max_attempts = max_attempts
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._user_agent = f"certdeploy/{version}"
        self._sleep = sleep
        self._watch: Watch | None = None
        self._loopback = ""
        if endpoint:
            if problem := emulator_problem(endpoint):
                raise SettingsError(f"the endpoint {problem}")
            self._loopback = urlsplit(endpoint).netloc
            loopback.bypass_proxies(self._loopback)

    def call(
        self,
        api: Api,
        action: Action,
        params: Mapping[str, Any] | None = None,
        *,
        region: str = "",
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Fields:
        """Call an action and return its JSON response. Parameters that are None are not sent.

        `form`: what is sent in the body beside parameters of the query.

        Raises:
            CloudError: see `shared.errors`. After CloudUnavailableError the outcome of a write is
                unknown, and it was sent at most once: read back before writing again.
        """
        answer = self.call_raw(api, action, params, region=region, path=path, headers=headers, form=form)
        try:
            data = parsed(answer.body or b"{}")
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise CloudUnavailableError(action.name, "UnreadableAnswer", "not a JSON object")
        return fields_of(data, action.name)

    def call_raw(
        self,
        api: Api,
        action: Action,
        params: Mapping[str, Any] | None = None,
        *,
        region: str = "",
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        read_timeout_s: float | None = None,
    ) -> Answer:
        """Like `call`, for responses that are not JSON. `body` is sent unchanged."""
        host = self.host(api, region)
        request = _request(action, params or {}, body, form)
        sent_headers = dict(headers or {})
        if self._loopback:
            sent_headers["x-emulator-host"] = host

        def once(credentials: Credentials) -> Answer:
            request.headers = dict(sent_headers)
            return self._send(
                self._client(credentials, host),
                self._loopback or host,
                _params(api, action, path or {}),
                request,
                action,
                read_timeout_s or self._read_timeout_s,
            )

        return self.repeat(api, action, region, once)

    def host(self, api: Api, region: str, account_id: str = "") -> str:
        """Where an API is called, by the settings. Raises CloudRejectedError: as `Api.host`."""
        return api.host(region, self._hosts, account_id, self._regions)

    def repeat(self, api: Api, action: Action, region: str, once: Callable[[Credentials], Result]) -> Result:
        """Run one call at its action's pace, with retries; also for other wire formats."""

        def paced() -> Result:
            credentials = self._credentials()
            key = (credentials.access_key_id, api.code, region, action.name)
            self._pacer.wait(key, action.name, action.per_second, self._left())
            try:
                return once(credentials)
            except CloudThrottledError:
                self._pacer.slow_down(key)
                raise

        if self._watch is not None:
            return self._watched(api, action, region, paced)
        retrying = Retrying(
            stop=self._give_up,
            wait=_pause,
            retry=retry_if_exception(lambda error: _may_repeat(error, action)),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(paced)

    def watched(self, watch: Watch, *, deadline: Deadline, read_timeout_s: float) -> "OpenApi":
        """A client of the same account that tries each call once, and tells of it. It is for looking only."""
        found = copy.copy(self)
        found._watch, found._deadline, found._read_timeout_s = watch, deadline, read_timeout_s
        return found

    def _watched(self, api: Api, action: Action, region: str, once: Callable[[], Result]) -> Result:
        assert self._watch is not None
        try:
            result = once()
        except CloudError as error:
            self._watch(api, action, region, error)
            raise
        self._watch(api, action, region, None)
        return result

    @property
    def emulated(self) -> str:
        """host:port of the emulated cloud, which replaces every host; "" for the real cloud."""
        return self._loopback

    def _send(
        self, client: Any, host: str, params: Params, request: OpenApiRequest, action: Action, read_s: float
    ) -> Answer:
        left = self._left()
        if left is not None:
            read_s = max(0.5, min(read_s, left))
        runtime = RuntimeOptions(
            connect_timeout=int(self._connect_timeout_s * 1000), read_timeout=int(read_s * 1000)
        )
        try:
            got = client.call_api(params, request, runtime)
        except Exception as error:  # the SDK's exceptions have no common base
            mapped = map_error(action.name, error, host)
        else:
            return Answer(int(got["statusCode"]), got["headers"], got["body"])
        raise mapped  # outside the except block, so that __context__ does not hold the SDK's text

    def _client(self, credentials: Credentials, host: str) -> Any:
        """Created per call: it takes microseconds, and a client keeps the key it was created with."""
        return Client(
            Config(
                access_key_id=credentials.access_key_id,
                access_key_secret=credentials.access_key_secret,
                security_token=credentials.security_token or None,
                endpoint=self._loopback or host,
                protocol="http" if self._loopback else "https",
                user_agent=self._user_agent,
            )
        )

    def _left(self) -> float | None:
        return None if self._deadline is None else self._deadline()

    def _give_up(self, state: RetryCallState) -> bool:
        left = self._left()
        out_of_time = left is not None and left <= _pause(state) + 0.5
        return out_of_time or state.attempt_number >= self._max_attempts


def _may_repeat(error: BaseException, action: Action) -> bool:
    if isinstance(error, CloudThrottledError):
        return error.cloud_code != PACED  # the wait would exceed the invocation
    if isinstance(error, (CloudBusyError, NotSentError)):
        return True
    return isinstance(error, CloudUnavailableError) and not action.writes


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    told = error.retry_after_s if isinstance(error, CloudThrottledError) else None
    return max(told or 0.0, _BACKOFF(state))


def _params(api: Api, action: Action, path: Mapping[str, str]) -> Params:
    filled = action.path.format(**{name: part_of_path(action, value) for name, value in path.items()})
    return Params(
        action=action.name,
        version=api.version,
        pathname=filled,
        method=action.method,
        style=api.style,
        req_body_type="json" if action.place == "json" else "formData",
        body_type="byte",
    )


def _request(
    action: Action, params: Mapping[str, Any], body: bytes | None, form: Mapping[str, str] | None
) -> OpenApiRequest:
    given = {name: value for name, value in params.items() if value is not None}
    if action.place == "query":
        return OpenApiRequest(query=Utils.query(given), body=dict(form) if form else None, stream=body)
    return OpenApiRequest(body=given or None, stream=body)
