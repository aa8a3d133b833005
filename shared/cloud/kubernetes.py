"""A cluster's Kubernetes API, as far as TLS Secrets and AlbConfigs need it.

Uses `urllib3`, which the SDK loads anyway. Measured on two cores, in addition to the SDK: urllib3 and
pyyaml add 0.1 s and 1.5 MB to a cold start, the official client 0.8 to 1 s and 15 MB (75 MB installed).
The server is verified with the kubeconfig's CA; the client's key is never kept as text.
"""

import base64
import json
import os
import re
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3 import exceptions as http

from shared.cloud.api import Action, Api
from shared.cloud.endless import EndlessAnswerError, whole
from shared.cloud.faults import NotSentError, classify
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields, Source
from shared.cloud.redact import redact
from shared.domain.regions import shown
from shared.errors import (
    CloudCredentialsError,
    CloudError,
    CloudRejectedError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from shared.validation.addresses import cluster_problem

Object = dict[str, Any]  #: one that is sent; what is read is Fields
Item = TypeVar("Item")
MANAGER: Final = "certdeploy"  #: whose the fields are that we write (`metadata.managedFields`)
API: Final = Api("kubernetes", "v1", "ROA", ram="kubernetes", hosts="")
MERGE_PATCH: Final = "application/merge-patch+json"
JSON_PATCH: Final = "application/json-patch+json"
_JSON: Final = "application/json"
#: Objects without what they hold (https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches).
_METADATA: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_METADATA_OF_LISTS: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_KUBECONFIG: Final = "DescribeClusterUserKubeconfig"
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+")  #: no part of it is "." or ".."
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=20)
_CONNECT_S: Final = 3.0


@dataclass(frozen=True)
class KubeConfig:
    """The four values used from a kubeconfig."""

    server: str
    ca_pem: str
    certificate_pem: str
    key_pem: str = field(repr=False)

    @property
    def address(self) -> tuple[str, int]:
        url = urlsplit(self.server)
        return url.hostname or "", url.port or 443


def read_kubeconfig(text: str, *, emulated: bool = False) -> KubeConfig:
    """The current context's server and credentials. `emulated`: the cluster is on this machine.

    Raises:
        CloudRejectedError: not a kubeconfig with CA, client certificate and key, or its server is at no
            address that a cluster has. Repeats no value.
    """
    import yaml  # only this product needs it

    try:
        data = yaml.safe_load(text)
        context = _named(data, "contexts", "context", data["current-context"])
        cluster = _named(data, "clusters", "cluster", context["cluster"])
        user = _named(data, "users", "user", context["user"])
        config = KubeConfig(
            cluster["server"],
            _decoded(cluster["certificate-authority-data"]),
            _decoded(user["client-certificate-data"]),
            _decoded(user["client-key-data"]),
        )
        problem = cluster_problem(config.server, emulated=emulated)
    except (
        yaml.YAMLError,
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        StopIteration,
        RecursionError,
    ):
        problem = "it lacks a server, a CA, or a client certificate with key"  # the error may contain the key
    else:
        if not problem:
            return config
    raise CloudRejectedError(_KUBECONFIG, "UnusableKubeconfig", problem)


class Kubernetes:
    """One cluster's API. Thread-safe. Errors as in `OpenApi.call`; 401 is CloudCredentialsError, a stale
    resourceVersion CloudRejectedError with code Conflict, a failed JSON patch one with code Invalid."""

    def __init__(self, openapi: OpenApi, config: KubeConfig, region: str) -> None:
        self._openapi, self._region = openapi, region
        self._server, self._address = config.server.rstrip("/"), config.address
        self._pool = urllib3.PoolManager(maxsize=8, retries=False, ssl_context=_context(config))

    def reachable(self) -> bool:
        """Whether a connection can be made, in two tries; saves the long timeouts of unreachable clusters."""
        for _ in range(2):
            try:
                socket.create_connection(self._address, _CONNECT_S).close()
            except OSError:
                continue
            return True
        return False

    def get(self, action: Action, path: str, *, metadata_only: bool = False) -> Fields:
        """`metadata_only`: of what the object holds, nothing is sent."""
        return self._request(action, "GET", path, accept=_METADATA if metadata_only else _JSON)

    def listed(
        self,
        action: Action,
        path: str,
        limit: int,
        each: Callable[[Fields], Item],
        query: Mapping[str, str] | None = None,
        *,
        metadata_only: bool = False,
    ) -> list[Item]:
        """`each` of every object; complete, or it raises. Objects are not kept: Secrets contain keys.

        `metadata_only`: of what the objects hold, nothing is sent.
        """
        accept = _METADATA_OF_LISTS if metadata_only else _JSON
        try:
            return self._pages(action, path, limit, each, query or {}, accept)
        except CloudRejectedError as error:
            if error.cloud_code != "Expired":
                raise
        # The list's snapshot has expired: start again.
        return self._pages(action, path, limit, each, query or {}, accept)

    def patch(self, action: Action, path: str, change: Object | list[Object], kind: str) -> None:
        named = urlencode({"fieldManager": MANAGER})
        self._request(action, "PATCH", f"{path}?{named}", json.dumps(change).encode(), kind)

    def _pages(
        self,
        action: Action,
        path: str,
        limit: int,
        each: Callable[[Fields], Item],
        query: Mapping[str, str],
        accept: str,
    ) -> list[Item]:
        found: list[Item] = []
        token: dict[str, str] = {}
        while True:
            asked = urlencode({**query, "limit": limit, **token})
            page = self._request(action, "GET", f"{path}?{asked}", accept=accept)
            found += map(each, page.rows("items"))
            token = {"continue": page.part("metadata").text("continue")}
            if not token["continue"]:
                return found

    def _request(
        self,
        action: Action,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "",
        accept: str = _JSON,
    ) -> Fields:
        if not _PATH.fullmatch(path.partition("?")[0]):
            raise CloudRejectedError(
                action.name, "InvalidPath", f"{shown(path)} names no object of a cluster"
            )
        headers = {"Accept": accept, "User-Agent": MANAGER}
        if body is not None:
            headers["Content-Type"] = kind

        def once(_: object) -> Fields:
            try:
                answer = self._pool.request(
                    method,
                    self._server + path,
                    body=body,
                    headers=headers,
                    timeout=_TIMEOUT,
                    preload_content=False,
                )
                data = json.loads(whole(answer))
            except EndlessAnswerError as error:
                mapped = _without_end(action, str(error))
            except Exception as error:
                mapped = _without_answer(action.name, error)
            else:
                if answer.status < 300 and isinstance(data, dict):
                    return Fields(data, Source(action.name))
                mapped = _refusal(action.name, answer.status, data)
            raise mapped  # outside the except block, so that __context__ does not hold the request

        return self._openapi.repeat(API, action, self._region, once)


def _context(config: KubeConfig) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=config.ca_pem)
        with _as_file(config.certificate_pem + "\n" + config.key_pem) as path:
            context.load_cert_chain(path)
    except (ssl.SSLError, ValueError):
        raise CloudRejectedError(_KUBECONFIG, "UnusableKubeconfig", "its PEM is damaged") from None
    return context


@contextmanager
def _as_file(text: str) -> Iterator[str]:
    """A path for `ssl`, which reads pairs from files only.

    On Linux of a file in memory, so that no kill leaves a key behind; elsewhere of a private one (0600),
    which is deleted as soon as it is read.
    """
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("pair"), "w") as file:
            file.write(text)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
        return
    handle, path = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        yield path
    finally:
        os.unlink(path)


def _named(data: Any, items: str, item: str, name: str) -> Any:
    return next(row[item] for row in data[items] if row["name"] == name)


def _decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


def _refusal(action: str, status: int, data: Any) -> CloudError:
    if not isinstance(data, dict):  # not from an API server, so the outcome is unknown
        return CloudUnavailableError(action, "UnreadableAnswer", f"HTTP {status} without an object")
    code = str(data.get("reason") or f"HTTP {status}")
    message = redact(str(data.get("message") or "no message"))
    kind = CloudCredentialsError if status == 401 else classify(code, status)
    return kind(action, code, message)


def _without_end(action: Action, why: str) -> CloudError:
    """It is not read again; what a write came to is not known."""
    if action.writes:
        return CloudUnavailableError(action.name, "EndlessAnswer", why)
    return UnreadableAnswerError(action.name, why)


def _without_answer(action: str, error: Exception) -> CloudError:
    if isinstance(error, (http.NewConnectionError, http.ConnectTimeoutError)):
        return NotSentError(action, "ConnectionFailed", "no connection to the cluster could be made")
    if isinstance(error, http.SSLError):
        return CloudUnavailableError(action, "TlsFailed", "the cluster's TLS certificate is not its CA's")
    if isinstance(error, http.TimeoutError):
        return CloudUnavailableError(action, "Timeout", "the cluster did not answer in time")
    return CloudUnavailableError(action, "NoAnswer", f"no readable answer ({type(error).__name__})")
