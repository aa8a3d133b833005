"""Looks up the secrets that settings name, so that whoever may read a function's settings sees no value."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from pydantic import SecretStr

from shared.errors import SettingsError
from shared.validation.secret_names import named

#: The value of a secret of KMS, by name and region.
Kms = Callable[[str, str], SecretStr]
KEPT: Final = timedelta(minutes=5)  #: then a value that was exchanged is used


class Secrets:
    """Keeps each secret of KMS for `KEPT`. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[datetime, SecretStr]] = {}

    def value(self, setting: SecretStr, kms: Kms, region: str, now: datetime) -> SecretStr:
        """`setting`: what it says; `region`: of the function.

        Raises:
            SettingsError: the file cannot be read, or is empty.
            CloudError: KMS does not tell the secret.
        """
        text = setting.get_secret_value()
        if (name := named(text)) is None:
            return setting
        if name.file:
            return _of_file(name.file)
        with self._lock:
            since, value = self._kept.get(text, (now, None))
            if value is None or now - since >= KEPT:
                value = kms(name.kms, name.region or region)
                self._kept[text] = now, value
            return value


def _of_file(path: str) -> SecretStr:
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise SettingsError(f"the secret in {path}: {why}") from None
    if not text:
        raise SettingsError(f"the secret in {path}: the file is empty")
    return SecretStr(text)
