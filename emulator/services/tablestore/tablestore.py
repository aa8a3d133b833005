"""Tablestore: instances, tables and rows of the wide-column model, as the vendor's SDK talks to them.

Codes are the vendor's; texts that neither its documents nor the tests of its SDKs have are marked [guess].
Not emulated, and told so: transactions, streams, secondary and search indexes, SQL, time series.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from emulator.api import ApiError, Call, Raw
from emulator.services.tablestore import checks, messages, plainbuffer, reads
from emulator.services.tablestore.checks import check_key, refused
from emulator.services.tablestore.instances import Usage
from emulator.services.tablestore.table_actions import ROW_READ, ROW_WRITTEN, TableActions
from emulator.services.tablestore.tables import Table
from emulator.services.tablestore.writes import Write, read_write, write

_KINDS = {messages.PUT: "row", messages.UPDATE: "row_change", messages.DELETE: "primary_key"}


class Service(TableActions):
    def GetRow(self, call: Call) -> Raw:
        wanted = self._given(call)
        reads.check_versions(wanted)
        table, usage = self._used(call, wanted["table_name"])
        return self._answer(call, self._row(table, usage, wanted, wanted["primary_key"]))

    def PutRow(self, call: Call) -> Raw:
        return self._write(call, messages.PUT)

    def UpdateRow(self, call: Call) -> Raw:
        return self._write(call, messages.UPDATE)

    def DeleteRow(self, call: Call) -> Raw:
        return self._write(call, messages.DELETE)

    def GetRange(self, call: Call) -> Raw:
        wanted = self._given(call)
        reads.check_versions(wanted)
        table, usage = self._used(call, wanted["table_name"])
        start = plainbuffer.read(wanted["inclusive_start_primary_key"]).key
        end = plainbuffer.read(wanted["exclusive_end_primary_key"]).key
        for one in (start, end):
            check_key(table.schema, one, ends=True, empty=True)
        backward = wanted["direction"] == messages.BACKWARD
        first, last = [value for _, value in start], [value for _, value in end]
        if not table.runs(first, last, backward=backward):
            less, where = ("more", "BACKWARD") if backward else ("less", "FORWARD")
            raise refused(f"Begin key must {less} than end key in {where}.")
        rows = table.between(first, last, self._now(), backward=backward)
        page, following, size = reads.pages(table, rows, wanted)
        read = reads.units(size)
        usage.spend(read, 0)
        answer: dict[str, Any] = {"consumed": _units(read), "rows": plainbuffer.rows_bytes(page)}
        if following is not None:
            answer["next_start_primary_key"] = plainbuffer.key_bytes(table.named(following.key))
        return self._answer(call, answer)

    def BatchGetRow(self, call: Call) -> Raw:
        wanted = self._given(call)["tables"]
        checks.check_rows("BatchGetRow", sum(len(one["primary_key"]) for one in wanted))
        told = []
        for one in wanted:
            reads.check_versions(one)
            table, usage = self._used(call, one["table_name"])
            one_row = partial(self._row, table, usage, one)
            rows = [self._each(call, ROW_READ, partial(one_row, key)) for key in one["primary_key"]]
            told.append({"table_name": one["table_name"], "rows": rows})
        return self._answer(call, {"tables": told})

    def BatchWriteRow(self, call: Call) -> Raw:
        """All rows are checked before any is written; then each is a write of its own."""
        wanted = self._given(call)["tables"]
        checks.check_rows("BatchWriteRow", sum(len(one["rows"]) for one in wanted))
        if len(call.raw_body) > checks.LONGEST_REQUEST:
            raise refused("The total data size of BatchWriteRow request exceeds the limit.")  # [guess]
        work: list[tuple[str, Table, Usage, list[Write]]] = []
        for one in wanted:
            table, usage = self._used(call, one["table_name"])
            writes = [self._read(table, row["type"], row["row_change"], row) for row in one["rows"]]
            keys = [tuple(one_write.change.key) for one_write in writes]
            if len(set(keys)) < len(keys):
                raise refused("Duplicated primary key in BatchWriteRow.")  # [guess]
            work.append((one["table_name"], table, usage, writes))
        now = self._now()
        told = []
        for name, table, usage, writes in work:
            rows = [
                self._each(call, ROW_WRITTEN, partial(write, table, one, now, usage.spend)) for one in writes
            ]
            told.append({"table_name": name, "rows": rows})
        return self._answer(call, {"tables": told})

    def _write(self, call: Call, kind: int) -> Raw:
        wanted = self._given(call)
        table, usage = self._used(call, wanted["table_name"])
        one = self._read(table, kind, wanted[_KINDS[kind]], wanted)
        return self._answer(call, write(table, one, self._now(), usage.spend))

    def _read(self, table: Table, kind: int, data: bytes, request: Mapping[str, Any]) -> Write:
        return read_write(table, kind, data, request, empty_keys=self._takes_empty_keys)

    def _row(self, table: Table, usage: Usage, wanted: Mapping[str, Any], key: bytes) -> dict[str, Any]:
        named = plainbuffer.read(key).key
        check_key(table.schema, named, empty=self._takes_empty_keys)
        row = table.find(tuple(value for _, value in named), self._now())  # type: ignore[misc]
        told = reads.told(table, row, wanted) if row else None
        read = reads.units(table.size(row) if row else 0)
        usage.spend(read, 0)
        return {"consumed": _units(read), "row": plainbuffer.row_bytes(*told) if told else b""}

    def _each(self, call: Call, name: str, done: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The result of one row of a batch, which fails by itself."""
        try:
            self.cloud.fail(self.api, name, call, "before")
            told = done()
            self.cloud.fail(self.api, name, call, "after")
        except ApiError as error:
            return {"is_ok": False, "error": {"code": error.code, "message": error.message}}
        return {"is_ok": True, **told}

    @property
    def _takes_empty_keys(self) -> bool:
        return self.behaviour["empty_keys"] == "taken"


def _units(read: int) -> dict[str, Any]:
    return {"capacity_unit": {"read": read, "write": 0}}
