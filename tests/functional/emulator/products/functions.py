"""Functions for the emulated Function Compute, made and invoked by the vendor's official SDK."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from typing import Any

import pytest
from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.utils_models import GlobalParameters
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.server import Server
from tests.functional.emulator.clients import admin, config
from tests.functional.emulator.official import unknown

ARN = "acs:fc:cn-hangzhou:1000000000000001:"
#: A handler that does as it is asked, and tells of its process.
CODE = """
import json, os, sys, time

def handler(event, context):
    print("asked", context.request_id)
    asked = json.loads(event or b"{}")
    if "fail" in asked:
        raise ValueError("told to")
    if "exit" in asked:
        os._exit(1)
    if "size" in asked:
        return "x" * asked["size"]
    if "take" in asked:
        held = bytearray(asked["take"] << 20)
        time.sleep(5)
    time.sleep(asked.get("sleep", 0))
    key = getattr(context, "credentials", None)
    return {
        "environment": dict(os.environ),
        "key": key and [key.access_key_id, key.security_token],
        "path": sys.path,
        "pid": os.getpid(),
        "request": context.request_id,
        "event": asked,
    }
"""


def packed(text: str = "def handler(event, context): return event") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", text)
    return content.getvalue()


def inline(text: str = "") -> dict[str, str]:
    return {"zipFile": base64.b64encode(packed(text)).decode()}


class Sdk:
    """The official client; every answer is held against the SDK's own model of it."""

    def __init__(self, server: Server) -> None:
        host = GlobalParameters(headers={"x-emulator-host": "fcv3.cn-hangzhou.aliyuncs.com"})
        self._client = Client(config(server, global_parameters=host))
        sent = self._client.call_api
        self.raw: Any = None

        def recorded(*arguments: Any) -> Any:
            answer = sent(*arguments)
            self.raw = answer.get("body")
            return answer

        self._client.call_api = recorded

    def __call__(self, name: str, *arguments: Any, **fields: Any) -> Any:
        """`fields`: those of the body, if the action has an input, else of the query."""
        action = name.title().replace("_", "")
        request = getattr(models, f"{action}Request", None)
        kind = {
            "PutConcurrencyConfig": "PutConcurrencyInput",
            "PutAsyncInvokeConfig": "PutAsyncInvokeConfigInput",
        }
        body = getattr(models, kind.get(action, f"{action}Input"), None)
        if request is not None:
            told = request(body=body().from_map(fields)) if body else request().from_map(fields)
            arguments = (*arguments, told)
        answered = getattr(getattr(self._client, name)(*arguments), "body", None)
        if answered is not None:
            assert unknown(self.raw, answered.to_map()) == []
        return answered

    def refused(self, name: str, *arguments: Any, **fields: Any) -> tuple[int, str]:
        with pytest.raises(DaraException) as caught:
            self(name, *arguments, **fields)
        return caught.value.status_code, caught.value.code  # type: ignore[attr-defined]


def create(fc: Sdk, name: str = "scan", **fields: Any) -> Any:
    usual = {"runtime": "python3.10", "handler": "index.handler", "code": inline()}
    return fc("create_function", functionName=name, **{**usual, **fields})


def code(text: str = CODE) -> dict[str, str]:
    return {"zipFile": base64.b64encode(packed(text)).decode()}


def make(fc: Sdk, name: str = "scan", **fields: Any) -> None:
    create(fc, name, **{"code": code(), "timeout": 20, **fields})


def invoked(server: Server, event: Any, name: str = "scan", **headers: str) -> tuple[Any, dict[str, str]]:
    answer = Client(config(server)).invoke_function_with_options(
        name,
        models.InvokeFunctionRequest(body=json.dumps(event).encode()),
        models.InvokeFunctionHeaders(**headers),
        RuntimeOptions(),
    )
    body = answer.body.read()
    return (json.loads(body) if body[:1] == b"{" else body), answer.headers


def settled(server: Server) -> dict[str, Any]:
    """When nothing that is due is left to be done; the clock stands, so that retries wait."""
    for _ in range(400):
        told: dict[str, Any] = admin(server, "GET", "functions")
        if told["idle"]:
            return told
        time.sleep(0.02)
    raise AssertionError("it did not settle")
