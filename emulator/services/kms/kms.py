"""KMS 2016-01-20: the values of generic secrets. One version of each, which is the current one."""

from __future__ import annotations

from emulator.api import Answer, ApiError, Call
from emulator.estate import Estate
from emulator.sections.kms import Secret
from emulator.service import Account, EmulatedService


class Service(EmulatedService):
    api = "Kms"
    version = "2016-01-20"
    ram = "kms"
    hosts = ("kms.{region}.aliyuncs.com",)

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.secrets: dict[tuple[str, str], str] = {}  #: by region and name

    def load(self, estate: Estate) -> None:
        self.secrets |= {(row.region, row.secret): row.value for row in estate.of(Secret)}

    def GetSecretValue(self, call: Call) -> Answer:
        name = call.params["SecretName"].rpartition(":secret/")[2]  # a name, or an ARN
        stage = call.params.get("VersionStage") or "ACSCurrent"
        value = self.secrets.get((call.region, name))
        if value is None or stage != "ACSCurrent":
            raise ApiError(404, "Forbidden.ResourceNotFound", "Resource not found.")
        return {
            "SecretName": name,
            "SecretType": "Generic",
            "SecretData": value,
            "SecretDataType": "text",
            "VersionId": "v1",
            "VersionStages": {"VersionStage": [stage]},
            "CreateTime": "2026-01-01T00:00:00Z",
            "AutomaticRotation": "Disabled",
        }
