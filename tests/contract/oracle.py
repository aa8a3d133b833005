"""The vendor's official typed SDKs, told the same intents as our adapters and sent the same way."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any

import pytest
from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator import gateway
from emulator.declared import declarations
from emulator.request import Request
from emulator.server import Server
from tests.contract.cases import ANY

#: Differs between any two requests, or between any two clients.
_PASSING = (
    "authorization|date|host|content-length|user-agent|accept-encoding|connection|accept"
    "|x-acs-(date|signature-nonce|content-sha256)|x-emulator-host"
)


class Recorder:
    """The requests that a served cloud received."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def of(self, action: str) -> list[Request]:
        return [request for request in self.requests if request.header("x-acs-action") == action]


@contextmanager
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Record every request that reaches an emulated cloud meanwhile."""
    recorder, answer = Recorder(), gateway.answer

    def recorded(cloud: Any, request: Request) -> Any:
        recorder.requests.append(request)
        return answer(cloud, request)

    with monkeypatch.context() as patch:
        patch.setattr(gateway, "answer", recorded)
        yield recorder


def form(request: Request) -> dict[str, Any]:
    """What of a request must be equal: method, path, headers, and each parameter where it travels."""
    headers = {name: text for name, text in request.headers.items() if not re.fullmatch(_PASSING, name)}
    content = headers.pop("content-type", "") if request.body else ""
    return {
        "method": request.method,
        "path": request.plain_path,
        "headers": {key: text for key, text in headers.items() if key != "content-type"},
        # an SDK sends some of the filters that were left out, as empty lists
        "query": {name: text for name, text in request.queries.items() if text != "[]"},
        "content-type": content.partition(";")[0],
        "form": request.form,
        "body": b"" if request.form else _json(request) or request.body,
    }


class Sdk:
    """One product's official client, sending to an emulated cloud. `package`: "cdn20180510"."""

    def __init__(self, package: str, server: Server) -> None:
        self.models: Any = importlib.import_module(f"alibabacloud_{package}.models")
        self._module: Any = importlib.import_module(f"alibabacloud_{package}.client")
        self._server = server

    def host(self, region: str) -> str:
        """The host that the SDK would call in a region."""
        config = Config(access_key_id="id", access_key_secret="secret", region_id=region)
        return str(self._module.Client(config)._endpoint)

    def send(self, action: str, params: Mapping[str, Any]) -> None:
        """Send an action with parameters by their names on the wire."""
        named = {name.lower().replace("_", ""): name for name in params}
        leading = [named[name] for name in _path_names(_method(self._module.Client, action)) if name in named]
        rest = {name: value for name, value in params.items() if name not in leading}
        model = getattr(self.models, f"{action}Request", None)
        arguments = [params[name] for name in leading]
        self._send(action, *arguments, *([] if model is None else [_request(model, rest)]))

    def invoke(self, function: str, payload: bytes, headers: Any) -> None:
        """FC's InvokeFunction, whose body is a stream."""
        request = self.models.InvokeFunctionRequest(body=BytesIO(payload))
        self._send("InvokeFunction", function, request, headers)

    def _send(self, action: str, *arguments: Any) -> None:
        key = self._server.cloud.key
        config = Config(
            access_key_id=key.access_key_id,
            access_key_secret=key.access_key_secret,
            endpoint=self._server.address,
            protocol="http",
            global_parameters=GlobalParameters(headers={"x-emulator-host": "anywhere"}),
        )
        client = self._module.Client(config)
        method = _method(client, action)
        if len(inspect.signature(method).parameters) == len(arguments) + 2:  # ROA: headers of one's own
            arguments = (*arguments, {})
        with suppress(DaraException):  # what matters is what was sent, and not the second answer
            method(*arguments, RuntimeOptions(autoretry=False))


def _request(model: Any, params: Mapping[str, Any]) -> Any:
    """The SDK takes as objects what travels as JSON text in a parameter; some bodies have a name there."""
    if "body" in inspect.signature(model.__init__).parameters:
        params = {"body": params}
    try:
        return model().from_map(dict(params))
    except AttributeError:
        decoded = {
            name: json.loads(value) if isinstance(value, str) and value[:1] == "{" else value
            for name, value in params.items()
        }
        return model().from_map(decoded)


def known(sdk: Sdk, model: str, path: str) -> bool:
    """Whether an SDK model knows a path such as `Jobs[].Status`: it survives reading and writing."""
    leaves: tuple[Any, ...] = ([],) if path.endswith("[]") else ("text", {})  # a structure read whole
    return any(_survives(sdk, model, path, leaf) for leaf in leaves)


def _survives(sdk: Sdk, model: str, path: str, leaf: Any) -> bool:
    parts = path.split(".")
    data = leaf
    for part in reversed(parts):
        name = part.removesuffix("[]")
        data = {name: [data] if part.endswith("[]") and data != [] else data}
    try:
        found = getattr(sdk.models, model)().from_map(data).to_map()
    except (TypeError, AttributeError):  # a structure where a text was read, or the reverse
        return False
    for part in parts:
        if not isinstance(found, dict) or part.removesuffix("[]") not in found:
            return False
        found = found[part.removesuffix("[]")]
        found = found[0] if isinstance(found, list) and found else found
    return bool(found == leaf)


def told(request: Request) -> dict[str, Any]:
    """The parameters of a request, those in its path included, as an SDK takes them."""
    parameters = _nested({**request.queries, **request.form})
    return {**_in_path(request), **parameters, **_json(request)}


def _json(request: Request) -> dict[str, Any]:
    is_json = request.header("content-type").startswith("application/json") and request.body
    found: dict[str, Any] = json.loads(request.body) if is_json else {}
    return found


def _in_path(request: Request) -> dict[str, str]:
    action = request.header("x-acs-action")
    for declaration in declarations().values():
        if action in declaration.actions and (found := declaration.actions[action].match(request.plain_path)):
            return found
    return {}


def _path_names(method: Any) -> list[str]:
    """What an SDK's method takes before the request: `cluster_id` as "clusterid"."""
    return [name.replace("_", "") for name in inspect.signature(method).parameters]


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """`A.1.B=x` as {"A": [{"B": "x"}]}."""
    nested: dict[str, Any] = {}
    for name, text in flat.items():
        at: dict[str, Any] = nested
        *parents, last = name.split(".")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = text
    return {name: _listed(value) for name, value in nested.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(item) for name, item in value.items()}
    return list(inner.values()) if all(name.isdecimal() for name in inner) else inner


def filled(row: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """The row with the request's own values where any is right."""
    sent = told(request)
    return {name: sent.get(name) if value is ANY else value for name, value in row.items()}


def _method(client: Any, action: str) -> Any:
    wanted = f"{action}WithOptions".lower()
    return next(getattr(client, name) for name in dir(client) if name.replace("_", "").lower() == wanted)
