"""Custom domains of Function Compute 2.0 by its first API (2016-08-15), through `aliyun-fc2`."""

from functools import cached_property
from typing import Any, Final

from requests import RequestException, Response, request

from shared.cloud import loopback
from shared.cloud.api import Action, Api, part_of_path
from shared.cloud.credentials import Credentials
from shared.cloud.faults import classify
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import parsed
from shared.cloud.redact import redact
from shared.cloud.sts import account_id
from shared.domain.regions import shown
from shared.errors import CloudError, CloudRejectedError, CloudUnavailableError

API: Final = Api("fc2", "2016-08-15", "ROA", ram="fc", hosts="{account_id}.{region}.fc.aliyuncs.com")
LIST: Final = Action("ListCustomDomains")
GET: Final = Action("GetCustomDomain")
UPDATE: Final = Action("UpdateCustomDomain", writes=True)
SETTINGS: Final = ("protocol", "certConfig", "routeConfig")  #: what the package can change
_TIMEOUTS_S: Final = (5.0, 15.0)  #: to connect, to read


class Fc2Domains:
    """One account's custom domains, as returned by the API. Errors as in `OpenApi.call`."""

    def __init__(self, openapi: OpenApi) -> None:
        self._openapi = openapi

    @cached_property
    def account_id(self) -> str:
        """The account id; the host's name starts with it."""
        return account_id(self._openapi)

    def list(self, region: str, limit: int, token: str | None) -> dict[str, Any]:
        return self._call(LIST, region, "list_custom_domains", limit=limit, nextToken=token)

    def get(self, region: str, name: str) -> dict[str, Any]:
        return self._call(GET, region, "get_custom_domain", domainName=_part_of_path(GET, name))

    def update(self, region: str, name: str, **settings: Any) -> None:
        """Change some of `SETTINGS`."""
        name = _part_of_path(UPDATE, name)
        self._call(UPDATE, region, "update_custom_domain", domainName=name, **settings)

    def _call(self, action: Action, region: str, method: str, **arguments: Any) -> dict[str, Any]:
        host = self._openapi.host(API, region, self.account_id)
        emulated = self._openapi.emulated
        headers = {"x-emulator-host": host} if emulated else {}
        if emulated:
            loopback.exempt_from_proxies(emulated.rpartition(":")[0])

        def once(credentials: Credentials) -> dict[str, Any]:
            client = _client(credentials, f"http://{emulated}" if emulated else f"https://{host}")
            try:
                data: dict[str, Any] = getattr(client, method)(headers=headers, **arguments).data
            except (_RefusedError, RequestException, ValueError) as error:
                mapped = _map_error(action.name, error, emulated or host)
            else:
                return data
            raise mapped  # outside the except block, so that __context__ does not hold the text of `requests`

        return self._openapi.repeat(API, action, region, once)


def _part_of_path(action: Action, name: str) -> str:
    """The package puts it into the path as it is, and signs it so."""
    if part_of_path(action, name).replace("%2A", "*") != name:
        raise CloudRejectedError(action.name, "InvalidPath", f"{shown(name)} is no name of a domain")
    return name


class _RefusedError(Exception):
    """The API refused. Holds the response, which must not be printed."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer


def _client(credentials: Credentials, endpoint: str) -> Any:
    """The package's client, imported on demand.

    Its method for sending is replaced: the original retries writes with unknown outcome and logs the
    headers of refused requests, including the token.
    """
    import fc2

    class Client(fc2.Client):  # type: ignore[misc]  # the package is untyped
        def _do_request(
            self, method: str, path: str, headers: dict[str, str], params: Any = None, body: Any = None
        ) -> Response:
            url = f"{self.endpoint}{path}"
            answer = request(method, url, headers=headers, params=params, data=body, timeout=_TIMEOUTS_S)
            if not answer.ok:
                raise _RefusedError(answer)
            return answer

    return Client(
        endpoint=endpoint,
        accessKeyID=credentials.access_key_id,
        accessKeySecret=credentials.access_key_secret,
        securityToken=credentials.security_token,
    )


def _map_error(action: str, error: Exception, host: str) -> CloudError:
    if not isinstance(error, _RefusedError):
        return CloudUnavailableError(action, type(error).__name__, f"no answer from {host}")
    answer = error.answer
    try:
        told = parsed(answer.content)
        code, message = str(told["ErrorCode"]), str(told.get("ErrorMessage") or "no message")
    except (ValueError, KeyError, TypeError, AttributeError):
        code, message = f"HTTP {answer.status_code}", "no message"
    request_id = answer.headers.get("x-fc-request-id", "-")
    return classify(code, answer.status_code)(action, redact(code), redact(message), redact(request_id))
