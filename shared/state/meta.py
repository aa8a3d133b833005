"""What a state says of itself as a whole: of which schema it is, and whether an import was cut off.

A file says its schema in its header, too, so that an earlier version sees it before it reads a row.
"""

from contextlib import suppress
from typing import Final

from shared.errors import CloudRejectedError, ConflictError, SettingsError
from shared.state.records import told_in
from shared.state.schema import SCHEMA, check_schema
from shared.state.store import Key, Store
from shared.state.tables import META

_SCHEMA: Final[Key] = ("schema",)
_IMPORTING: Final[Key] = ("importing",)


def check_whole(store: Store, where: str) -> None:
    """Raises SettingsError: it is of a later schema, or an import into it was cut off."""
    try:
        said = {row.key: told_in(row) for row in store.get_many(META, [_SCHEMA, _IMPORTING])}
    except CloudRejectedError as error:
        if error.cloud_code == "OTSObjectNotExist":  # of an earlier version: nothing is said
            return
        raise
    schema = said.get(_SCHEMA, {}).get("Schema")
    check_schema(schema if isinstance(schema, int) else SCHEMA, where)
    if _IMPORTING in said:
        raise SettingsError(f"{where} holds a part of a state: an import was cut off; begin it again")


def say_schema(store: Store) -> None:
    with suppress(ConflictError):  # it is said already
        store.put(META, _SCHEMA, {"Schema": SCHEMA}, version=0)


def begin_import(store: Store) -> bool:
    """From now on nobody works on the state. Whether one that was begun before was cut off."""
    try:
        store.put(META, _IMPORTING, {}, version=0)
    except ConflictError:
        return True
    return False


def was_cut_off(store: Store) -> bool:
    return store.get(META, _IMPORTING) is not None


def end_import(store: Store) -> None:
    say_schema(store)
    if row := store.get(META, _IMPORTING):
        store.delete(META, _IMPORTING, version=row.version)
