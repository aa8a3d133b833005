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
        "parametervalue",  # of a stack of ROS, which may declare it with NoEcho
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
    account: str = ""  #: whose resources it was about; "": of who called is nothing known


#: Codes with which the emulator refuses what it does not have.
NOT_EMULATED = frozenset(
    [
        *("InvalidAction.NotFound", "InvalidVersion", "NotEmulated", "NotImplemented"),
        "OTSUnsupportOperation",
    ]
)


class CallLog(list[CallRecord]):
    """The latest calls: of a program that runs for days the oldest are dropped."""

    longest = 50_000

    def append(self, record: CallRecord) -> None:
        super().append(record)
        if len(self) > self.longest:
            del self[: self.longest // 10]

    def not_emulated(self) -> list[CallRecord]:
        """Those refused because the emulator has no such action or parameter."""
        return [record for record in self if record.code in NOT_EMULATED]

    def found(self, after: str = "", **wanted: str) -> list[CallRecord]:
        """Those whose fields are as `wanted`, whatever the case, of the ones behind request `after`.

        Raises ValueError if no call has that request id.
        """
        calls = list(self)
        if after:
            places = [place for place, record in enumerate(calls) if record.request_id == after]
            if not places:
                raise ValueError(f"after: no call has the request id {after}")
            calls = calls[places[-1] + 1 :]
        return [
            record
            for record in calls
            if all(str(getattr(record, name)).lower() == text.lower() for name, text in wanted.items())
        ]


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
