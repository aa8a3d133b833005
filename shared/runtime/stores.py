"""Which state the settings name, opened: a file on this machine, or Tablestore."""

from collections.abc import Callable

from shared.cloud.credentials import Credentials
from shared.errors import SettingsError
from shared.runtime.settings import Settings
from shared.state.sqlite import SqliteStore
from shared.state.store import Store


def open_store(settings: Settings, keys: Callable[[], Credentials]) -> Store:
    """`keys` sign what is asked of Tablestore; they are asked for before each call.

    Raises:
        SettingsError: the settings name no state.
    """
    if (address := settings.tablestore) is not None:
        # Not where it is not used: its SDK takes 0.2 s and some MB.
        from shared.state.tablestore import TablestoreStore

        return TablestoreStore(address, keys)
    if settings.state:
        return SqliteStore(settings.state)
    raise SettingsError(
        "CERTDEPLOY_STATE is not set; set it to the path of the state file, or to ots://INSTANCE"
    )
