"""What the emulator declares of each action is what the vendor declares: SDK models and API metadata."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from emulator.declared import COMMON
from emulator.services import service_classes
from tests.vendor import METADATA, NEEDS_METADATA
from tools import declare

DECLARED = {path.stem: json.loads(path.read_text()) for path in sorted(declare.TARGET.glob("*.json"))}
ACTIONS = [(service, action) for service, data in DECLARED.items() for action in data["actions"]]
#: Headers of FC's invocation are a model of their own; the 2.0 API has no typed SDK.
OTHER_MODELS = {("fc", "InvokeFunction"): ("InvokeFunctionHeaders", "InvokeFunctionRequest")}
#: The metadata is newer than the Python SDK.
AHEAD_OF_SDK = {("eas", "ListGateway")}
#: Actions that are not declared by hand from another source, which they name.
DESCRIBED = {
    service: described
    for service, data in DECLARED.items()
    if (described := {name: row for name, row in data["actions"].items() if "source" not in row})
}


def _models(service: str) -> Any:
    models = declare.sdk_models(service, DECLARED[service]["version"])
    if models is None:
        version = DECLARED[service]["version"].replace("-", "")
        models = pytest.importorskip(f"alibabacloud_{service.replace('-', '_')}{version}.models")
    return models


def _has_model(service: str, action: str) -> bool:
    """What has no SDK is declared from another source."""
    sdk = f"alibabacloud_{service.replace('-', '_')}{DECLARED[service]['version'].replace('-', '')}"
    return "source" not in DECLARED[service]["actions"][action] or find_spec(sdk) is not None


@pytest.mark.parametrize(
    ("service", "action"), [pair for pair in ACTIONS if _has_model(*pair) and pair not in AHEAD_OF_SDK]
)
def test_the_sdk_s_request_model_and_the_declaration_have_the_same_parameters(
    service: str, action: str
) -> None:
    declared = {
        param["name"]: param
        for param in DECLARED[service]["actions"][action]["params"]
        if param["place"] != "path" and param["name"] != "body"  # whose fields the SDK has singly
    }
    names = OTHER_MODELS.get((service, action), (f"{action}Request",))
    models = _models(service)
    known = {key: value for name in names for key, value in _fields(models, name).items()}

    assert set(declared) <= set(known)
    if not any(param["name"] == "body" for param in DECLARED[service]["actions"][action]["params"]):
        path = {param["name"] for param in DECLARED[service]["actions"][action]["params"]}
        assert set(known) - path <= COMMON, "what the SDK can send, the emulator knows"
    for name, param in declared.items():
        _same_shape(f"{action}.{name}", param, known[name])


def _fields(models: Any, name: str) -> dict[str, Any]:
    if name.endswith("Headers"):
        return {f"x-fc-{key}": {"type": "Any"} for key in ("async-task-id", "invocation-type", "log-type")}
    found: dict[str, Any] = declare.fields_of(models, name)
    return found


def _same_shape(path: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Whatever nested structure is declared is the SDK's, by the names of its fields."""
    if element := ours.get("element"):
        _same_shape(f"{path}[]", element, theirs.get("element", {}))
    if fields := ours.get("fields"):
        known = {field["name"]: field for field in theirs.get("fields", [])}
        assert {field["name"] for field in fields} == set(known), path
        for field in fields:
            _same_shape(f"{path}.{field['name']}", field, known[field["name"]])


def test_every_declared_action_is_emulated_and_every_emulated_one_is_declared() -> None:
    for name, service in service_classes().items():
        if service.style in ("OSS", "OTS", "SLS") or name == "aws":  # whose API is not answered here
            continue
        methods = {key for key in vars(service) if key[:1].isupper()}
        actions = set(DECLARED[name.replace("_", "-")]["actions"])
        assert methods <= actions, name
        emulated = {key for key in dir(service) if key[:1].isupper()}
        assert actions <= emulated, name


@NEEDS_METADATA
@pytest.mark.parametrize("service", DESCRIBED)
def test_the_vendor_s_metadata_declares_the_same(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = DESCRIBED[service]
    monkeypatch.setattr(declare, "TARGET", tmp_path)

    declare.declare(METADATA, service, list(described))

    assert json.loads((tmp_path / f"{service}.json").read_text())["actions"] == described
