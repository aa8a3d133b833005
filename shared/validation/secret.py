"""A private key in memory, in a type that never shows its value."""

import hmac
from typing import NoReturn


class SecretPem:
    """A PEM private key that does not print, format or pickle; only `reveal` returns it.

    `grep "reveal("` finds every place where a key leaves this type.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "SecretPem(hidden)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretPem):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash could stand in for the key in a log or a set

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is not pickled")
