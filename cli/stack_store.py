"""The state of a stack, read through its function `read_state`: the store itself may be out of reach.

Every read is an invocation: some tens of milliseconds, one cold start aside. Whatever a command changes, a
function of the stack changes: so its role decides, and the version that runs there.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NoReturn

from shared.domain.state_requests import AT_ONCE
from shared.errors import InvalidRequestError
from shared.services.read_state import StateRead
from shared.state.documents import document_in, text_of
from shared.state.store import Document, Key, Row, Write
from shared.state.tables import Table
from shared.validation.requests import parse

Ask = Callable[[dict[str, Any]], dict[str, Any]]


class StackStore:
    """A Store that reads. `ask`: what `read_state` answers to a request."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def get(self, table: Table, key: Key) -> Row | None:
        return next(self.get_many(table, [key]), None)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        left = iter(dict.fromkeys(keys))
        while asked := list(islice(left, AT_ONCE)):
            while asked:
                rows, more = self._read({"Rows": {"Table": table.name, "Keys": [list(key) for key in asked]}})
                yield from rows
                asked = asked[asked.index(rows[-1].key) + 1 :] if more else []

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        if not prefix:
            raise ValueError(f"a range of {table.name} needs its partition key")
        more = True
        while more:
            asked: dict[str, Any] = {"Table": table.name, "Prefix": list(prefix)}
            asked |= {name: list(key) for name, key in (("Below", below), ("After", after)) if key}
            rows, more = self._read({"Range": asked})
            yield from rows
            after = rows[-1].key if rows else after

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        _refuse()

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        _refuse()

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        _refuse()

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        _refuse()

    def _read(self, request: dict[str, Any]) -> tuple[list[Row], bool]:
        answer = parse(StateRead, self._ask(request))
        rows = [Row(one.key, one.version, _document(one.document)) for one in answer.rows or ()]
        return rows, bool(answer.more and rows)


def _document(told: Any) -> Any:
    """As another store reads what it has stored: what is none of ours is None."""
    return None if told is None else document_in(text_of(told))


def _refuse() -> NoReturn:
    raise InvalidRequestError(
        "the state of a stack is changed by its functions only, and this version has none for this command"
    )
