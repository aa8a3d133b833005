"""Projects and log stores, with the rows in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST_ROWS = 100_000  #: of a store; the oldest go


@dataclass
class Store:
    name: str
    created: datetime
    settings: dict[str, Any]  #: ttl, shardCount, and what else was given
    index: dict[str, Any] | None = None
    rows: list[dict[str, str]] = field(default_factory=list, repr=False)

    def add(self, row: dict[str, str]) -> None:
        self.rows.append(row)
        if len(self.rows) > MOST_ROWS:
            del self.rows[: MOST_ROWS // 10]

    def told(self) -> dict[str, Any]:
        at = int(self.created.timestamp())
        return self.settings | {"logstoreName": self.name, "createTime": at, "lastModifyTime": at}


@dataclass
class Project:
    name: str
    region: str
    description: str
    created: datetime
    stores: dict[str, Store] = field(default_factory=dict)

    def told(self, owner: str) -> dict[str, str]:
        at = self.created.strftime("%Y-%m-%d %H:%M:%S")
        return {
            "createTime": at,
            "description": self.description,
            "lastModifyTime": at,
            "owner": owner,
            "projectName": self.name,
            "region": self.region,
            "status": "Normal",
        }
