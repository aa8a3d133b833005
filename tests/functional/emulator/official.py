"""The vendor's official typed SDKs against an emulated cloud, as judges of its answers."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from alibabacloud_tea_openapi.utils_models import GlobalParameters
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.cloud import Cloud
from emulator.estate import Estate, load_estate, parse_estate
from emulator.server import Server
from emulator.strangers import UNHEARD
from tests.functional.emulator.clients import config

PACKAGES = {
    "cas": "cas20200407",
    "cdn": "cdn20180510",
    "alb": "alb20200616",
    "dcdn": "dcdn20180115",
    "vod": "vod20170321",
    "live": "live20161101",
    "ddoscoo": "ddoscoo20200101",
    "cloudapi": "cloudapi20160714",
    "mse": "mse20190531",
    "slb": "slb20140515",
    "esa": "esa20240910",
    "nlb": "nlb20220430",
    "ga": "ga20191120",
    "waf-openapi": "waf_openapi20211001",
    "ros": "ros20190910",
    "tablestore": "tablestore20201209",
}


class Official:
    """One product's official client; every answer is held against the SDK's response model."""

    def __init__(self, server: Server, product: str, host: str) -> None:
        name = f"alibabacloud_{PACKAGES[product]}"
        self._models = importlib.import_module(f"{name}.models")
        everywhere = GlobalParameters(headers={"x-emulator-host": host})
        module = importlib.import_module(f"{name}.client")
        self._client = module.Client(config(server, global_parameters=everywhere))
        self._sent = self._client.call_api
        self._client.call_api = self._recorded
        self.raw: dict[str, Any] = {}  #: the last answer

    def __call__(self, action: str, **params: Any) -> Any:
        """The SDK's response body. Fails where the raw answer has what the model does not know."""
        body = self.body(action, **params)
        strangers = unknown(self.raw, body.to_map())
        assert not strangers, f"{action} answers with fields the SDK does not know: {strangers}"
        return body

    def body(self, action: str, **params: Any) -> Any:
        """The SDK's response body, whatever else the raw answer has."""
        request_type = getattr(self._models, f"{action}Request", None)
        wanted = f"{action}WithOptions".lower()
        method = next(
            getattr(self._client, name) for name in dir(self._client) if name.replace("_", "") == wanted
        )
        arguments = [request_type.from_map(request_type(), params)] if request_type else []
        if "headers" in inspect.signature(method).parameters:
            arguments.append({})
        return method(*arguments, RuntimeOptions()).body

    def refusal(self, action: str, **params: Any) -> tuple[int, str]:
        try:
            self(action, **params)
        except DaraException as error:
            return error.status_code, error.code  # type: ignore[attr-defined]
        raise AssertionError(f"{action} was not refused")

    def _recorded(self, *arguments: Any) -> Any:
        answer = self._sent(*arguments)
        self.raw = answer["body"]
        return answer


def unknown(raw: Any, known: Any, path: str = "") -> list[str]:
    """The paths in `raw` that `known` lacks or has otherwise."""
    if isinstance(raw, dict) and isinstance(known, dict):
        pairs = [(f"{path}.{key}", value, known.get(key)) for key, value in raw.items()]
    elif isinstance(raw, list) and isinstance(known, list) and len(raw) == len(known):
        pairs = [(f"{path}[]", *both) for both in zip(raw, known, strict=True)]
    else:
        return [] if raw == known else [path]
    return [stranger for name, one, other in pairs for stranger in unknown(one, other, name)]


def fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every field at any depth with its value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, item
            yield from fields(item, key)
    if isinstance(value, list):
        for item in value:
            yield from fields(item, name)


def without_strangers(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if UNHEARD.lower() not in key.lower()}
        return {key: without_strangers(item) for key, item in kept.items()}
    return [without_strangers(item) for item in value] if isinstance(value, list) else value


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@cache
def sample() -> Estate:
    return load_estate(None)


def populate(cloud: Cloud, data: dict[str, Any] | None = None) -> Clock:
    """Load the sample estate (or `data`) and stop the clock."""
    clock = Clock()
    cloud.clock = clock
    cloud.load(sample() if data is None else parse_estate(data))
    return clock
