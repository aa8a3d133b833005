"""A Tablestore on loopback, and the vendor's SDK to talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tablestore import (
    INF_MAX,
    INF_MIN,
    CapacityUnit,
    Condition,
    Direction,
    NoRetryPolicy,
    OTSClient,
    OTSServiceError,
    ReservedThroughput,
    Row,
    RowExistenceExpectation,
    TableMeta,
    TableOptions,
)

from emulator.cloud import Cloud
from emulator.keys import AccessKey
from emulator.server import Server
from emulator.services.tablestore.tablestore import Service

SCHEMA = [("name", "STRING"), ("number", "INTEGER")]
Key = list[tuple[str, Any]]
IGNORE = Condition(RowExistenceExpectation.IGNORE)
EXPECT_EXIST = Condition(RowExistenceExpectation.EXPECT_EXIST)
EXPECT_NOT_EXIST = Condition(RowExistenceExpectation.EXPECT_NOT_EXIST)


def key(name: Any, number: Any) -> Key:
    return [("name", name), ("number", number)]


def a_client(server: Server, access: AccessKey | None = None, **options: Any) -> OTSClient:
    """The SDK as it is, but that it does not repeat what is refused."""
    access = access or server.cloud.key
    return OTSClient(
        server.endpoint,
        access.access_key_id,
        options.pop("secret", access.access_key_secret),
        options.pop("instance", "certdeploy"),
        sts_token=access.token or None,
        retry_policy=NoRetryPolicy(),
        logger_name="tests.tablestore",
        **options,
    )


@dataclass
class Tablestore:
    server: Server
    client: OTSClient
    table: str = "rows"

    @property
    def cloud(self) -> Cloud:
        return self.server.cloud

    @property
    def service(self) -> Service:
        return self.cloud.service(Service)

    def create(self, name: str = "rows", schema: Any = SCHEMA, life_s: int = -1, versions: int = 1) -> None:
        self.client.create_table(
            TableMeta(name, schema),
            TableOptions(life_s, versions),
            ReservedThroughput(CapacityUnit(0, 0)),
        )

    def put(self, at: Key, columns: Any = (), condition: Condition = IGNORE) -> CapacityUnit:
        return self.client.put_row(self.table, Row(at, list(columns)), condition)[0]

    def columns(self, at: Key, **options: Any) -> dict[str, Any] | None:
        """The values of a row by column, the latest of each; None: no row."""
        _, row, _ = self.client.get_row(self.table, at, **options)
        return None if row is None else {name: value for name, value, _ in reversed(row.attribute_columns)}

    def range(self, start: Key, end: Key, direction: str = Direction.FORWARD, **options: Any) -> list[Any]:
        """The numbers of the rows of one page."""
        _, following, rows, _ = self.client.get_range(self.table, direction, start, end, **options)
        return [row.primary_key[1][1] for row in rows] + ([] if following is None else ["…"])

    def used(self) -> tuple[int, int]:
        """Units counted so far: read and write."""
        usage = self.service.instances["certdeploy"].used(self.table)
        return usage.read, usage.write


def all_of(name: str) -> tuple[Key, Key]:
    return key(name, INF_MIN), key(name, INF_MAX)


@contextmanager
def refused(code: str, match: str = "", status: int | None = None) -> Iterator[None]:
    with pytest.raises(OTSServiceError, match=match or None) as told:
        yield
    assert told.value.get_error_code() == code
    assert status in (None, told.value.get_http_status())
