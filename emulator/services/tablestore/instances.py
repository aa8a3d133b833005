"""Instances and what has been done to them: tables, requests, capacity units."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from emulator.services.tablestore.tables import Table

Network = Literal["open", "vpc"]
#: Where an instance is reached from inside: in a VPC, and in the classic network.
_INSIDE = (".vpc.tablestore.aliyuncs.com", ".vpc.ots.aliyuncs.com", ".ots-internal.aliyuncs.com")


def from_inside(host: str) -> bool:
    return host.endswith(_INSIDE)


@dataclass
class Usage:
    """Of one table: capacity units, and requests by action."""

    read: int = 0
    write: int = 0
    requests: Counter[str] = field(default_factory=Counter)

    def spend(self, read: int, write: int) -> None:
        self.read += read
        self.write += write


@dataclass
class Instance:
    name: str
    region: str
    network: Network = "open"  #: "vpc": its access list refuses what comes by its public host
    tables: dict[str, Table] = field(default_factory=dict)
    usage: dict[str, Usage] = field(default_factory=dict)  #: by table; outlives it
    made: bool = False  #: by a request, and not by the estate
    cluster: str = "SSD"
    description: str = ""
    created: datetime | None = None  #: None: before anybody asked

    def used(self, table: str) -> Usage:
        return self.usage.setdefault(table, Usage())

    def report(self) -> dict[str, Any]:
        """By table: rows and bytes now, units and requests since the last reset."""
        return {
            name: {
                "rows": len(table.rows) if (table := self.tables.get(name)) else 0,
                "bytes": sum(map(table.size, table.rows.values())) if table else 0,
                "read": self.used(name).read,
                "write": self.used(name).write,
                "requests": dict(self.used(name).requests),
            }
            for name in sorted({*self.tables, *self.usage})
        }
