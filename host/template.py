"""Reads from a ROS template what the host needs: functions, timers, event rules.

Supports `Ref`, `Fn::Sub`, `Fn::GetAtt`, `Fn::Join`, `Fn::Split` (long forms), parameters with defaults and
pseudo parameters. Values that exist only in a real stack (the endpoint of a Tablestore instance, the ARN of a
role) are unknown here: an environment variable that needs one is left out, anything else is refused.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from apscheduler.triggers.base import BaseTrigger

from host.cron import parse_cron
from host.errors import HostError, TemplateError
from host.intrinsics import Resolver, UnknownHere
from host.patterns import check_pattern

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  #: the C loader is ten times faster
_FUNCTION = "ALIYUN::FC3::Function"
_TRIGGER = "ALIYUN::FC3::Trigger"
_ASYNC = "ALIYUN::FC3::AsyncInvokeConfig"


@dataclass(frozen=True)
class FunctionSpec:
    """One function, with Function Compute's defaults."""

    name: str  #: FunctionName, used to invoke it
    folder: str  #: in functions/: the name after the prefix
    handler: str
    timeout_s: int = 3
    memory_mb: int = 512
    environment: Mapping[str, str] = field(default_factory=dict)
    max_retries: int = 3
    max_age_s: int = 86400
    on_failure: str | None = None  #: function that is notified of a failed invocation


@dataclass(frozen=True)
class TimerSpec:
    function: str
    name: str
    trigger: BaseTrigger
    payload: str
    enabled: bool


@dataclass(frozen=True)
class RuleSpec:
    function: str
    name: str
    pattern: Mapping[str, Any]
    enabled: bool


@dataclass(frozen=True)
class Template:
    functions: Mapping[str, FunctionSpec]
    timers: tuple[TimerSpec, ...]
    rules: tuple[RuleSpec, ...]


def load_template(path: Path, parameters: Mapping[str, str] | None = None) -> Template:
    """Raises TemplateError, naming the resource, if something is unreadable or inconsistent."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
    except (OSError, yaml.YAMLError) as error:
        raise TemplateError(f"cannot read {path}: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{path} is not a ROS template: it has no Resources")
    return _Reader(document, parameters or {}).read()


def hidden_parameters(path: Path) -> frozenset[str]:
    """The parameters whose values ROS does not show: they may hold a secret. `path`: of a sound template."""
    return frozenset(name for name, spec in declared_parameters(path).items() if spec.get("NoEcho"))


def declared_parameters(path: Path) -> Mapping[str, Any]:
    """As the template declares them. `path`: of a sound template."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
    declared: Mapping[str, Any] = document.get("Parameters") or {}
    return declared


class _Reader:
    def __init__(self, document: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._resources: Mapping[str, Any] = document["Resources"]
        self._resolver = Resolver(document, parameters)

    def read(self) -> Template:
        configs = dict(self._each(_ASYNC, _async_config))
        functions = {spec.name: spec for spec in self._each(_FUNCTION, lambda p: self._function(p, configs))}
        triggers = list(self._each(_TRIGGER, _trigger))
        notified = [spec.on_failure for spec in functions.values() if spec.on_failure]
        for name in [*configs, *notified, *(trigger.function for trigger in triggers)]:
            if name not in functions:
                raise TemplateError(f"the template configures {name!r} without declaring it")
        return Template(
            functions,
            tuple(trigger for trigger in triggers if isinstance(trigger, TimerSpec)),
            tuple(trigger for trigger in triggers if isinstance(trigger, RuleSpec)),
        )

    def _each(self, kind: str, read: Any) -> Iterator[Any]:
        for logical_id, resource in self._resources.items():
            if resource.get("Type") != kind:
                continue
            try:
                if "Condition" in resource and not self._resolver.holds(str(resource["Condition"])):
                    continue
                yield read(_Properties(resource.get("Properties", {}), self._resolver))
            except (HostError, UnknownHere, KeyError, TypeError, ValueError) as error:
                reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                raise TemplateError(f"template resource {logical_id}: {reason}") from error

    def _function(self, properties: "_Properties", configs: Mapping[str, Mapping[str, Any]]) -> FunctionSpec:
        name = str(properties["FunctionName"])
        optional: dict[str, Any] = {
            field_name: int(properties[key])
            for field_name, key in (("timeout_s", "Timeout"), ("memory_mb", "MemorySize"))
            if key in properties
        }
        return FunctionSpec(
            name=name,
            folder=self._folder(properties.raw["FunctionName"], name),
            handler=str(properties["Handler"]),
            environment=self._environment(properties.raw.get("EnvironmentVariables", {})),
            **optional,
            **configs.get(name, {}),
        )

    @staticmethod
    def _folder(raw: Any, name: str) -> str:
        """`${Prefix}-scan_expiry` → `scan_expiry`. A plain name is its folder."""
        if isinstance(raw, dict) and "Fn::Sub" in raw:
            return str(raw["Fn::Sub"]).rpartition("}")[2].lstrip("-")
        return name

    def _environment(self, raw: Mapping[str, Any]) -> dict[str, str]:
        environment: dict[str, str] = {}
        for name, value in raw.items():
            try:
                resolved = self._resolver.resolve(value)
            except UnknownHere:
                continue
            text = json.dumps(resolved) if isinstance(resolved, bool) else str(resolved)
            environment[name] = text
        return environment


class _Properties:
    """A resource's properties, resolved on access."""

    def __init__(self, raw: Mapping[str, Any], resolver: Resolver) -> None:
        self.raw, self._resolver = raw, resolver

    def __getitem__(self, name: str) -> Any:
        return self._resolver.resolve(self.raw[name])

    def __contains__(self, name: str) -> bool:
        return name in self.raw


def _async_config(properties: _Properties) -> tuple[str, dict[str, Any]]:
    config: dict[str, Any] = {}
    if "MaxAsyncRetryAttempts" in properties:
        config["max_retries"] = int(properties["MaxAsyncRetryAttempts"])
    if "MaxAsyncEventAgeInSeconds" in properties:
        config["max_age_s"] = int(properties["MaxAsyncEventAgeInSeconds"])
    if "DestinationConfig" in properties:
        failure = properties["DestinationConfig"].get("OnFailure", {}).get("Destination")
        if failure:
            config["on_failure"] = str(failure).rpartition("functions/")[2]
    return str(properties["FunctionName"]), config


def _trigger(properties: _Properties) -> TimerSpec | RuleSpec:
    function, name = str(properties["FunctionName"]), str(properties["TriggerName"])
    kind, config = properties["TriggerType"], properties["TriggerConfig"]
    if kind == "timer":
        return TimerSpec(
            function,
            name,
            parse_cron(str(config["cronExpression"])),
            str(config.get("payload", "")),
            _is_true(config.get("enable", True)),
        )
    if kind == "eventbridge":
        pattern = json.loads(config["eventRuleFilterPattern"])
        check_pattern(pattern)
        return RuleSpec(function, name, pattern, _is_true(config.get("triggerEnable", True)))
    raise TemplateError(f"triggers of type {kind!r} are not supported by the host")


def _is_true(value: Any) -> bool:
    """A Boolean parameter is passed on as text."""
    return value if isinstance(value, bool) else str(value).lower() == "true"
