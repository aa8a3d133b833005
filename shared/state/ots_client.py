"""The vendor's SDK for Tablestore, as far as a store needs it: typed, silent, repeating nothing by itself."""

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any, Final, Protocol

from shared.state.tablestore_address import Address

_CONNECT_S, _READ_S = 3.0, 10.0
_SILENT: Final = "certdeploy.sdk.tablestore"


class Keys(Protocol):
    """The credentials that sign a call."""

    @property
    def access_key_id(self) -> str: ...
    @property
    def access_key_secret(self) -> str: ...
    @property
    def security_token(self) -> str: ...


@dataclass(frozen=True)
class SdkRow:
    """A row as it is stored; what is read may be anybody's."""

    key: list[tuple[str, Any]]
    version: Any
    document: Any = field(repr=False)


@dataclass(frozen=True)
class Expecting:
    """A row to write, where one of this version is stored; None: where there is none."""

    row: SdkRow
    version: int | None


@dataclass(frozen=True)
class Failure:
    """Why one row of a batch failed."""

    code: str
    message: str

    @property
    def condition(self) -> bool:
        return self.code == CONDITION


CONDITION: Final = "OTSConditionCheckFail"


@cache
def sdk() -> ModuleType:
    """Imported when it is first needed: 0.2 s and 6 to 12 MB that a state in a file does without.

    It warns on stderr that it lacks its native codec, twice for each cold start; nothing needs it.
    """
    loggers = [logging.getLogger(f"tablestore.{name}") for name in ("encoder", "decoder")]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tablestore
    return tablestore  # type: ignore[no-any-return]


def connect(address: Address, keys: Callable[[], Keys]) -> "Client":
    return Client(address, keys)


class Client:
    """One instance. Every method raises what the SDK raises: `ots_calls` maps it."""

    def __init__(self, address: Address, keys: Callable[[], Keys]) -> None:
        from urllib3 import Timeout

        self._sdk = sdk()
        # It logs whole answers, and each condition that fails as an error: that is how two writers meet.
        logger = logging.getLogger(_SILENT)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        self._client = self._sdk.OTSClient(
            address.endpoint,
            instance_name=address.instance,
            credentials_provider=_provider(keys),
            retry_policy=self._sdk.NoRetryPolicy(),
            socket_timeout=Timeout(connect=_CONNECT_S, read=_READ_S),
            logger_name=_SILENT,
            enable_native=False,  # of one version of Python only, and only there another codec
        )

    def get_row(self, table: str, key: list[tuple[str, Any]]) -> SdkRow | None:
        _, row, _ = self._client.get_row(table, key, max_version=1)
        return None if row is None else _row(row.primary_key, row.attribute_columns)

    def get_rows(
        self, table: str, keys: Sequence[list[tuple[str, Any]]]
    ) -> list[tuple[SdkRow | None, Failure | None]]:
        request = self._sdk.BatchGetRowRequest()
        request.add(self._sdk.TableInBatchGetRowItem(table, list(keys), max_version=1))
        items = self._client.batch_get_row(request).get_result_by_table(table)
        return [
            (
                None if item.row is None else _row(item.row.primary_key, item.row.attribute_columns),
                None if item.is_ok else Failure(item.error_code, item.error_message),
            )
            for item in items
        ]

    def get_range(
        self, table: str, start: list[tuple[str, Any]], end: list[tuple[str, Any]]
    ) -> tuple[list[SdkRow], Any]:
        """One page, and where the next one starts, or None."""
        _, following, rows, _ = self._client.get_range(
            table, self._sdk.Direction.FORWARD, start, end, max_version=1
        )
        return [_row(row.primary_key, row.attribute_columns) for row in rows], following

    def put_row(self, table: str, row: SdkRow, version: int | None) -> None:
        """`version`: that which is stored; None: there is no row."""
        self._client.put_row(table, self._sdk.Row(row.key, _columns(row)), self._stored_as(version))

    def put_rows(self, table: str, rows: Sequence[Expecting]) -> list[Failure | None]:
        """Each under a condition of its own."""
        items = [
            self._sdk.PutRowItem(self._sdk.Row(one.row.key, _columns(one.row)), self._stored_as(one.version))
            for one in rows
        ]
        request = self._sdk.BatchWriteRowRequest()
        request.add(self._sdk.TableInBatchWriteRowItem(table, items))
        told = self._client.batch_write_row(request).get_put_by_table(table)
        return [None if item.is_ok else Failure(item.error_code, item.error_message) for item in told]

    def delete_row(self, table: str, key: list[tuple[str, Any]], version: int) -> None:
        self._client.delete_row(table, self._sdk.Row(key), self._stored_as(version))

    def list_tables(self) -> Sequence[str]:
        return tuple(self._client.list_table())

    def create_table(self, name: str, key: list[tuple[str, str]], life_s: int) -> None:
        """`life_s`: -1 for ever."""
        units = self._sdk.ReservedThroughput(self._sdk.CapacityUnit(0, 0))
        self._client.create_table(self._sdk.TableMeta(name, key), self._sdk.TableOptions(life_s, 1), units)

    def _stored_as(self, version: int | None) -> Any:
        """The condition. A row without the column is of no version: the SDK would let it pass by default."""
        expected = self._sdk.RowExistenceExpectation
        if version is None:
            return self._sdk.Condition(expected.EXPECT_NOT_EXIST)
        column = self._sdk.SingleColumnCondition(
            "version", version, self._sdk.ComparatorType.EQUAL, pass_if_missing=False
        )
        return self._sdk.Condition(expected.EXPECT_EXIST, column)


def _columns(row: SdkRow) -> list[tuple[str, Any]]:
    return [("version", row.version), ("document", row.document)]


def _row(key: list[tuple[str, Any]], columns: Sequence[tuple[str, Any, int]]) -> SdkRow:
    found = {name: value for name, value, _ in columns}
    return SdkRow(key, found.get("version"), found.get("document"))


def _provider(keys: Callable[[], Keys]) -> Any:
    from tablestore.credentials import Credentials, CredentialsProvider

    class Provider(CredentialsProvider):  # type: ignore[misc]
        def get_credentials(self) -> Any:
            found = keys()
            return Credentials(found.access_key_id, found.access_key_secret, found.security_token or None)

    return Provider()
