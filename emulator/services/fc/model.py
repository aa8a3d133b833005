"""What Function Compute 3.0 holds beside custom domains: functions, layers, triggers, and their words."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Code:
    """An archive of the store (`archives.py`)."""

    digest: str  #: SHA-256
    size: int

    @property
    def checksum(self) -> str:
        """[guess] The vendor's is the CRC-64 of the archive; this one changes with it as well."""
        return str(int(self.digest[:16], 16))


@dataclass
class Trigger:
    name: str
    kind: str
    config: dict[str, Any]
    settings: dict[str, Any]  #: description, invocationRole, qualifier, sourceArn
    id: str
    created: datetime
    modified: datetime
    due: datetime | None = None  #: when a timer fires next


@dataclass
class Function:
    """`settings` as CreateFunction takes them, with defaults, and without the code."""

    name: str
    region: str
    account: str
    settings: dict[str, Any]
    code: Code
    id: str
    created: datetime
    modified: datetime
    triggers: dict[str, Trigger] = field(default_factory=dict)
    asynchronous: dict[str, Any] = field(default_factory=dict)  #: as PutAsyncInvokeConfig has set
    reserved: int | None = None  #: instances
    invoked: int = 0
    failed: int = 0  #: of those, by themselves

    @property
    def arn(self) -> str:
        return f"acs:fc:{self.region}:{self.account}:functions/{self.name}"

    def told(self, sizes: dict[str, int]) -> dict[str, Any]:
        """`sizes`: of the layers, by ARN."""
        layers = [{"arn": arn, "size": sizes.get(arn, 0)} for arn in self.settings.get("layers", ())]
        return deepcopy(self.settings) | {
            "codeChecksum": self.code.checksum,
            "codeSize": self.code.size,
            "createdTime": stamp(self.created),
            "functionArn": self.arn,
            "functionId": self.id,
            "functionName": self.name,
            "lastModifiedTime": stamp(self.modified),
            "lastUpdateStatus": "Successful",
            "layers": layers,
            "state": "Active",
        }


@dataclass
class LayerVersion:
    name: str
    region: str
    account: str
    version: int
    code: Code
    settings: dict[str, Any]  #: compatibleRuntime, description, license
    created: datetime
    deleted: bool = False  #: no function gets it any more, and those that have it keep it

    @property
    def arn(self) -> str:
        return f"acs:fc:{self.region}:{self.account}:layers/{self.name}/versions/{self.version}"

    def told(self) -> dict[str, Any]:
        return self.settings | {
            "acl": "0",
            "codeChecksum": self.code.checksum,
            "codeSize": self.code.size,
            "createTime": stamp(self.created),
            "layerName": self.name,
            "layerVersionArn": self.arn,
            "version": self.version,
        }
