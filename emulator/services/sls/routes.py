"""Which action of Simple Log Service a request means: by method and path, and whether it names a project."""

from __future__ import annotations

import re
from typing import Any

from emulator.api import ApiError
from emulator.request import Request
from emulator.sls_signatures import host_parts

_STORE = r"/logstores/(?P<logstore>[^/]+)"
_ACTIONS: tuple[tuple[str, str, bool, str], ...] = (
    ("POST", "/", False, "CreateProject"),
    ("GET", "/", False, "ListProject"),
    ("POST", "/", True, "CreateProject"),
    ("GET", "/", True, "GetProject"),
    ("DELETE", "/", True, "DeleteProject"),
    ("POST", "/logstores", True, "CreateLogStore"),
    ("GET", "/logstores", True, "ListLogStores"),
    ("GET", _STORE, True, "GetLogStore"),
    ("PUT", _STORE, True, "UpdateLogStore"),
    ("DELETE", _STORE, True, "DeleteLogStore"),
    ("POST", f"{_STORE}/index", True, "CreateIndex"),
    ("GET", f"{_STORE}/index", True, "GetIndex"),
    ("PUT", f"{_STORE}/index", True, "UpdateIndex"),
    ("DELETE", f"{_STORE}/index", True, "DeleteIndex"),
    ("POST", f"{_STORE}/logs", True, "GetLogsV2"),
)


def route(request: Request) -> tuple[str, dict[str, Any]]:
    """The action, and its parameters. Raises ApiError 501 where it is not emulated, and says what."""
    project = (host_parts(request.cloud_host) or ("", ""))[0]
    where = {"project": project} if project else {}
    for method, pattern, of_project, action in _ACTIONS:
        found = re.fullmatch(pattern, request.plain_path or "/")
        if found and method == request.method and of_project == bool(project):
            if action == "GetLogStore" and request.queries.get("type") == "log":
                action = "GetLogs"
            return action, {**request.queries, **where, **found.groupdict()}
    raise ApiError(501, "NotImplemented", f"{request.method} {request.plain_path} is not emulated.")
