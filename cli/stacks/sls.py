"""Simple Log Service 2020-12-30: what the functions of a stack have logged.

Requests are signed as `alibabacloud_gateway_sls` signs them (V1 with HMAC-SHA256), which the generic client
of the other products does not.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Any, Final

import requests

from shared.cloud.api import Action, Api
from shared.cloud.credentials import Credentials
from shared.cloud.faults import classify, not_sent
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import parsed
from shared.cloud.redact import redact
from shared.errors import CloudError, CloudUnavailableError, UnreadableAnswerError

API: Final = Api("sls", "2020-12-30", "ROA", ram="log", hosts="{region}.log.aliyuncs.com")
GET_LOGS: Final = Action("GetLogs", method="GET")
GET_PROJECT: Final = Action("GetProject", method="GET")
#: The most rows of one answer.
PAGE: Final = 100
_TIMEOUT_S: Final = (5.0, 30.0)


class Sls:
    """Logs of one region. Errors as in `OpenApi.call`."""

    def __init__(self, openapi: OpenApi, region: str) -> None:
        self._openapi, self._region = openapi, region

    def rows(self, project: str, store: str, start: int, end: int, query: str) -> Iterator[dict[str, str]]:
        """From `start` up to but not `end`, in seconds since the epoch, the oldest first."""
        offset = 0
        while True:
            asked = {"from": str(start), "to": str(end), "line": str(PAGE), "offset": str(offset)}
            asked |= {"type": "log", "reverse": "false"} | ({"query": query} if query else {})
            found = self._page(project, store, asked)
            yield from found
            if len(found) < PAGE:
                return
            offset += PAGE

    def project(self, name: str) -> Any:
        """What is told of it."""
        return self._answered(GET_PROJECT, name, "/", {})

    def _page(self, project: str, store: str, asked: Mapping[str, str]) -> list[dict[str, str]]:
        told, request_id = self._answered(GET_LOGS, project, f"/logstores/{store}", asked)
        if not isinstance(told, list):
            raise UnreadableAnswerError(GET_LOGS.name, "the answer is no list", request_id)
        return [{str(name): str(text) for name, text in row.items()} for row in told if isinstance(row, dict)]

    def _answered(self, action: Action, project: str, path: str, asked: Mapping[str, str]) -> tuple[Any, str]:
        """What was answered, None if it is no JSON, and the request's id."""
        host = f"{project}.{self._openapi.host(API, self._region)}"

        def once(credentials: Credentials) -> tuple[Any, str]:
            try:
                answer = self._sent(host, path, asked, credentials)
            except requests.RequestException as error:
                refused = "refused" in str(error)
                mapped = not_sent(action.name, host) if refused else _no_answer(action, host, error)
            else:
                return _read(action, answer)
            raise mapped  # out here, so that __context__ does not hold the request

        return self._openapi.repeat(API, action, self._region, once)

    def _sent(
        self, host: str, path: str, asked: Mapping[str, str], credentials: Credentials
    ) -> requests.Response:
        emulated = self._openapi.emulated
        headers = _signed(path, asked, credentials)
        with requests.Session() as session:
            session.trust_env = not emulated
            if emulated:
                headers["x-emulator-host"] = host
            base = f"http://{emulated}" if emulated else f"https://{host}"
            return session.get(base + path, params=dict(asked), headers=headers, timeout=_TIMEOUT_S)


def _signed(path: str, asked: Mapping[str, str], key: Credentials) -> dict[str, str]:
    """The headers of a GET."""
    headers = {
        "content-type": "application/json",
        "date": formatdate(usegmt=True),
        "x-log-apiversion": "0.6.0",
        "x-log-bodyrawsize": "0",
        "x-log-signaturemethod": "hmac-sha256",
    }
    if key.security_token:
        headers["x-acs-security-token"] = key.security_token
    own = [
        f"{name}:{text}" for name, text in sorted(headers.items()) if name.startswith(("x-log-", "x-acs-"))
    ]
    query = "&".join(f"{name}={text}" for name, text in sorted(asked.items()))
    text = "\n".join(
        ["GET", "", headers["content-type"], headers["date"], *own, f"{path}?{query}" if query else path]
    )
    made = hmac.new(key.access_key_secret.encode(), text.encode(), hashlib.sha256).digest()
    headers["authorization"] = f"LOG {key.access_key_id}:{base64.b64encode(made).decode()}"
    return headers


def _read(action: Action, answer: requests.Response) -> tuple[Any, str]:
    request_id = answer.headers.get("x-log-requestid", "-")
    try:
        told: Any = parsed(answer.content)
    except ValueError:
        told = None
    if answer.status_code != 200:
        known = told if isinstance(told, dict) else {}
        code = str(known.get("errorCode") or f"HTTP {answer.status_code}")
        message = redact(str(known.get("errorMessage") or "no message"))
        raise classify(code, answer.status_code)(action.name, code, message, request_id)
    return told, request_id


def _no_answer(action: Action, host: str, error: Exception) -> CloudError:
    return CloudUnavailableError(
        action.name, "NoAnswer", f"no readable answer of {host} ({type(error).__name__})"
    )
