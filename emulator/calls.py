"""The log of calls: who called what and how it ended, and never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

HIDDEN = "***"
_SECRET_NAMES = frozenset(
    {
        "key",
        "sslpri",
        "sslpub",
        "signature",
        "securitytoken",
        "accesskeysecret",
        "servercertificate",
    }
)
_SECRET_PARTS = ("privatekey", "secret", "password")


@dataclass(frozen=True)
class CallRecord:
    time: datetime
    api: str
    action: str
    region: str
    params: Mapping[str, Any]  #: without secrets
    status: int  #: 0: the connection was dropped
    code: str  #: "" for success
    request_id: str


def without_secrets(value: Any, name: str = "") -> Any:
    """`value` with everything hidden that is, or may be, a key or a token, at any depth."""
    lowered = name.lower()
    if lowered in _SECRET_NAMES or any(part in lowered for part in _SECRET_PARTS):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: without_secrets(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    if isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        return HIDDEN if "PRIVATE KEY" in text.upper() else text
    return value
