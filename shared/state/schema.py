"""The form of a state as a whole: a number that its file, or its Tablestore, carries.

Fields that a version adds to rows need no other number: see `domain.values.Stored`. It rises when a version
that knows only the former form would spoil the state, or find nothing in it.
"""

from typing import Final

from shared.errors import SettingsError

SCHEMA: Final = 1


def check_schema(found: int, where: str) -> None:
    """Raises SettingsError: the state is of a later form than this version knows."""
    if found > SCHEMA:
        raise SettingsError(
            f"{where} is of schema {found}, which a newer certdeploy wrote; this one knows schema {SCHEMA}:"
            " use the newer one"
        )
