"""Simple Log Service (2020-12-30): projects, log stores, indexes, and queries of what functions wrote.

Logs come from Function Compute alone (`write`): PutLogs is not emulated, nor are SQL and shards. A store
without an index cannot be asked. What is sent is not compressed. Codes: the vendor's pages of each action.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from emulator.api import ApiError, Call, Raw
from emulator.request import Request
from emulator.service import Account, EmulatedService
from emulator.services.sls.model import Project, Store
from emulator.services.sls.query import compiled
from emulator.services.sls.routes import route

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_STORE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,61}[a-z0-9]")
_MOST_LINES, _MOST_STORES = 100, 500


class Service(EmulatedService):
    api = "Sls"
    version = "2020-12-30"
    style = "SLS"
    ram = "log"
    ram_names: ClassVar = {"GetLogs": "GetLogStoreLogs", "GetLogsV2": "GetLogStoreLogs"}
    hosts = ("{region}.log.aliyuncs.com",)

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.projects: dict[str, Project] = {}

    def route(self, request: Request) -> tuple[str, dict[str, Any]]:
        return route(request)

    @classmethod
    def parameters(cls, api: str, action: str) -> Collection[str]:
        return ("project", "logstore")

    def denial(self, call: Call) -> ApiError:
        action = self.right(call.action)
        return ApiError(401, "Unauthorized", f"denied by sts or ram, action: {action}")

    def write(self, project: str, store: str, row: Mapping[str, str]) -> bool:
        """What another product of the account logs: `__time__`, `__topic__`, and the fields' texts.

        False where there is no such store.
        """
        found = self.projects.get(project)
        if found is None or store not in found.stores:
            return False
        found.stores[store].add(dict(row))
        return True

    def CreateProject(self, call: Call) -> Raw:
        body = _body(call)
        name = body.get("projectName")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ApiError(400, "ParameterInvalid", "The project name is invalid.")
        if name in self.projects:
            raise ApiError(400, "ProjectAlreadyExist", f"Project {name} already exist")
        described = str(body.get("description", ""))
        self.projects[name] = Project(name, call.region, described, self.cloud.clock())
        return _answer(None)

    def GetProject(self, call: Call) -> Raw:
        return _answer(self._project(call).told(self.cloud.account))

    def DeleteProject(self, call: Call) -> Raw:
        del self.projects[self._project(call).name]
        return _answer(None)

    def ListProject(self, call: Call) -> Raw:
        wanted = call.params.get("projectName", "")
        found = [row for row in self.projects.values() if row.region == call.region and wanted in row.name]
        rows = [row.told(self.cloud.account) for row in sorted(found, key=lambda row: row.name)]
        page = _page(call, rows, _MOST_STORES)
        return _answer({"count": len(page), "total": len(rows), "projects": page})

    def CreateLogStore(self, call: Call) -> Raw:
        project, body = self._project(call), _body(call)
        name = body.pop("logstoreName", None)
        if not isinstance(name, str) or not _STORE_NAME.fullmatch(name):
            raise ApiError(400, "LogStoreInfoInvalid", "The log store's name is invalid.")
        if name in project.stores:
            raise ApiError(400, "LogStoreAlreadyExist", f"logstore {name} already exists")
        project.stores[name] = Store(name, self.cloud.clock(), _settings(body))
        return _answer(None)

    def GetLogStore(self, call: Call) -> Raw:
        return _answer(self._store(call).told())

    def UpdateLogStore(self, call: Call) -> Raw:
        found, body = self._store(call), _body(call)
        body.pop("logstoreName", None)
        found.settings = _settings({**found.settings, **body})
        return _answer(None)

    def DeleteLogStore(self, call: Call) -> Raw:
        del self._project(call).stores[self._store(call).name]
        return _answer(None)

    def ListLogStores(self, call: Call) -> Raw:
        wanted = call.params.get("logstoreName", "")
        names = sorted(name for name in self._project(call).stores if wanted in name)
        page = _page(call, names, _MOST_STORES)
        return _answer({"count": len(page), "total": len(names), "logstores": page})

    def CreateIndex(self, call: Call) -> Raw:
        found, body = self._store(call), _body(call)
        if found.index is not None:
            raise ApiError(400, "IndexAlreadyExist", "log store index is already created")
        found.index = _index(body)
        return _answer(None)

    def GetIndex(self, call: Call) -> Raw:
        found = self._store(call)
        if found.index is None:
            raise ApiError(404, "IndexConfigNotExist", "index config doesn't exist")
        return _answer(found.index | {"index_mode": "v2", "ttl": found.settings["ttl"]})

    def UpdateIndex(self, call: Call) -> Raw:
        self.GetIndex(call)
        self._store(call).index = _index(_body(call))
        return _answer(None)

    def DeleteIndex(self, call: Call) -> Raw:
        self.GetIndex(call)
        self._store(call).index = None
        return _answer(None)

    def GetLogs(self, call: Call) -> Raw:
        rows = self._found(call, call.params)
        headers = {"x-log-progress": "Complete", "x-log-count": str(len(rows))}
        return _answer(rows, headers)

    def GetLogsV2(self, call: Call) -> Raw:
        rows = self._found(call, _body(call))
        meta = {"progress": "Complete", "count": len(rows), "hasSQL": False, "isAccurate": True}
        return _answer({"meta": meta, "data": rows})

    def _found(self, call: Call, asked: Mapping[str, Any]) -> list[dict[str, str]]:
        """By time, from `from` up to but not `to`; in the order in which they came, or the latest first."""
        store = self._store(call)
        if store.index is None:
            raise ApiError(400, "IndexConfigNotExist", "logstore without index config")
        try:
            start, end = int(asked["from"]), int(asked["to"])
            line, offset = int(asked.get("line") or _MOST_LINES), int(asked.get("offset") or 0)
        except (KeyError, TypeError, ValueError):
            raise ApiError(400, "ParameterInvalid", "from, to, line and offset take numbers.") from None
        if not 0 <= line <= _MOST_LINES or offset < 0 or start > end:
            raise ApiError(400, "ParameterInvalid", f"line takes up to {_MOST_LINES}.")
        meets, topic = compiled(str(asked.get("query") or "")), asked.get("topic")
        rows = [
            row
            for row in store.rows
            if start <= int(row["__time__"]) < end
            and (not topic or row.get("__topic__") == topic)
            and meets(row)
        ]
        rows.sort(key=lambda row: int(row["__time__"]))
        if str(asked.get("reverse")).lower() == "true":
            rows.reverse()
        return rows[offset : offset + line]

    def _project(self, call: Call) -> Project:
        name = call.params["project"]
        found = self.projects.get(name)
        if found is None or found.region != call.region:
            raise ApiError(404, "ProjectNotExist", f"The Project does not exist : {name}")
        return found

    def _store(self, call: Call) -> Store:
        name = call.params["logstore"]
        found = self._project(call).stores.get(name)
        if found is None:
            raise ApiError(404, "LogStoreNotExist", f"logstore {name} does not exist")
        return found


def _body(call: Call) -> dict[str, Any]:
    try:
        body = json.loads(call.raw_body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "PostBodyInvalid", "The body takes a JSON object.")
    return body


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    settings = {"appendMeta": False, "autoSplit": False, "enable_tracking": False} | {
        "shardCount": 2,
        "ttl": 30,
    }
    settings |= given
    for name, most in (("ttl", 3650), ("shardCount", 100)):
        if not isinstance(settings[name], int) or not 1 <= settings[name] <= most:
            raise ApiError(400, "LogStoreInfoInvalid", f"{name} takes 1 to {most}.")
    return settings


def _index(body: dict[str, Any]) -> dict[str, Any]:
    if not body.get("line") and not body.get("keys"):
        raise ApiError(400, "IndexInfoInvalid", "line or keys must be given.")
    return body


def _page(call: Call, rows: list[Any], most: int) -> list[Any]:
    texts = call.params.get("offset") or "0", call.params.get("size") or str(most)
    if not all(str(text).isdecimal() for text in texts):
        raise ApiError(400, "ParameterInvalid", "offset and size take numbers.")
    offset, size = map(int, texts)
    return rows[offset : offset + min(size, most)]


def _answer(told: Any, headers: dict[str, str] | None = None) -> Raw:
    if told is None:
        return Raw(200, b"")
    body = json.dumps(told, ensure_ascii=False).encode()
    return Raw(200, body, dict(headers or {}), "application/json")
