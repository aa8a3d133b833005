"""The functions of a stack in the process of a test, each with the rights of its role."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cli.in_process import HeldBack, handler
from emulator.cloud import Cloud
from shared.cloud.credentials import Credentials, fixed
from shared.errors import AppError
from shared.runtime.app import App
from shared.runtime.handler import Invocation
from shared.runtime.instance import Instance
from shared.runtime.reach import reach
from shared.runtime.settings import Settings
from tests.granted import Granted, Used

NAME = "shop"
REGION = "cn-hangzhou"
BUCKET = f"certdeploy-1000000000000001-{REGION}"
SMALL = Path(__file__).with_name("small.yml")  #: as template.yml, but smaller
OBJECTS = {kind: f"{kind}-3.10-0123456789ab.zip" for kind in ("code", "layer", "layer-aws")}
#: Functions of a stack of it, that do nothing but tell so.
CODE = {
    "scan_expiry.py": b"""
import json

def handler(event, context):
    print(json.dumps({"level": "INFO", "message": "CAS was read", "job_id": 7}))
    return '{"Certificates": 3}'
""",
    "discover_resources.py": b"def handler(event, context): return '{}'\n",
    "check_installation.py": b"""
import json

def handler(event, context):
    found = {"Mark": "error", "About": "contacts", "Text": "there are none", "Todo": "add one"}
    return json.dumps({"At": "2026-05-01T00:00:00Z", "Healthy": False, "Findings": [found]})
""",
}


def changes(cloud: Cloud) -> list[str]:
    """What changed something in the account, or may have."""
    reads = ("Get", "List", "Describe", "Head", "Validate", "Preview")
    return [call.action for call in cloud.calls if not call.action.startswith(reads)]


@dataclass(frozen=True)
class Result:
    status: int
    body: bytes
    error_type: str | None = None


@dataclass
class Deployed:
    """The functions of a stack. `asked`: those that were invoked and waited for, one after the other."""

    settings: Settings
    key: Credentials
    asked: list[str] = field(default_factory=list)
    used: dict[str, Used] = field(default_factory=lambda: defaultdict(Used))

    def invoke(
        self, name: str, payload: bytes, *, asynchronous: bool, request_id: str, task_id: str | None
    ) -> Result:
        prefix, _, function = name.partition("-")
        if prefix != NAME:
            raise LookupError(name)
        if asynchronous:
            return Result(202, b"")
        self.asked.append(function)
        app = partial(self._app, function, request_id)
        try:
            return Result(200, handler(function)(payload, Invocation(request_id, name, app)).encode())
        except AppError as error:
            told = f'{{"errorType": "{type(error).__name__}", "errorMessage": "{error}"}}'
            return Result(200, told.encode(), "UnhandledInvocationError")

    def _app(self, function: str, request_id: str) -> App:
        instance = Instance(self.settings)
        rights = Granted(function, reach()[function], instance.store, HeldBack(), self.used[function])
        instance = Instance(self.settings, rights)
        return App.build(instance, fixed(self.key), left_s=lambda: 60.0, holder=request_id, functions=rights)
