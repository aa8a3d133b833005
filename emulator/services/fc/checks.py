"""What the settings of a function may be. Limits: the vendor's page "Quotas", and the texts of its SDK."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emulator.services.fc.wire import invalid

FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HANDLER = re.compile(r"[^\s.][^\s]*\.[A-Za-z_]\w*")
_ROLE = re.compile(r"acs:ram::\d{1,20}:role/[\w.-]{1,64}")
#: Those of the vendor's list that are for code.
RUNTIMES = frozenset(
    [
        *("python3", "python3.9", "python3.10", "python3.12", "java8", "java11", "php7.2", "go1"),
        *("nodejs8", "nodejs10", "nodejs12", "nodejs14", "nodejs16", "nodejs18", "nodejs20"),
        *("dotnetcore3.1", "custom", "custom.debian10", "custom.debian11", "custom.debian12"),
    ]
)
MOST_LAYERS, MOST_TRIGGERS = 5, 50
DEFAULTS: Mapping[str, Any] = {
    "cpu": 0.35,
    "diskSize": 512,
    "environmentVariables": {},
    "instanceConcurrency": 1,
    "internetAccess": True,
    "memorySize": 512,
    "role": "",
    "timeout": 3,
}
SETTINGS = frozenset(DEFAULTS) | {
    "customDNS",
    "customRuntimeConfig",
    "description",
    "disableInjectCredentials",
    "disableOndemand",
    "handler",
    "idleTimeout",
    "instanceIsolationMode",
    "instanceLifecycleConfig",
    "layers",
    "logConfig",
    "nasConfig",
    "ossMountConfig",
    "resourceGroupId",
    "runtime",
    "sessionAffinity",
    "tags",
    "tracingConfig",
    "vpcConfig",
}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raises ApiError InvalidArgument for the first that is wrong. Never repeats a variable's value."""
    if settings.get("runtime") not in RUNTIMES:
        raise invalid(f"runtime '{settings.get('runtime')}' is not supported")
    custom = settings["runtime"].startswith("custom")
    if not custom and not _HANDLER.fullmatch(str(settings.get("handler", ""))):
        raise invalid("handler takes file.function")
    _number(settings, "timeout", 1, 86400)
    _number(settings, "memorySize", 128, 32768)
    _number(settings, "instanceConcurrency", 1, 200 if custom else 1)
    if settings["memorySize"] % 64:
        raise invalid("memorySize takes a multiple of 64")
    if settings["diskSize"] not in (512, 10240):
        raise invalid("diskSize takes 512 or 10240")
    _check_cpu(settings["cpu"], settings["memorySize"])
    if settings["role"] and not _ROLE.fullmatch(str(settings["role"])):
        raise invalid("role takes the ARN of a role")
    layers = settings.get("layers", [])
    if not isinstance(layers, list) or len(layers) > MOST_LAYERS:
        raise invalid(f"layers takes up to {MOST_LAYERS} ARNs")
    _check_variables(settings["environmentVariables"])


def _number(settings: Mapping[str, Any], name: str, least: int, most: int) -> None:
    value = settings[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise invalid(f"{name} takes {least} to {most}")


def _check_cpu(cpu: Any, memory: int) -> None:
    if not isinstance(cpu, int | float) or not 0.05 <= cpu <= 16 or abs(cpu * 20 - round(cpu * 20)) > 1e-6:
        raise invalid("cpu takes 0.05 to 16, in steps of 0.05")
    if not cpu <= memory / 1024 <= 4 * cpu:
        raise invalid("the ratio of cpu and memory (in GB) is between 1:1 and 1:4")


def _check_variables(variables: Any) -> None:
    if not isinstance(variables, dict) or not all(isinstance(text, str) for text in variables.values()):
        raise invalid("environmentVariables takes texts by name")
    for name in variables:
        if not _VARIABLE.fullmatch(name) or name.startswith("FC_"):
            raise invalid(f"environmentVariables: '{name}' is not a name for a variable")
    if sum(len(name) + len(text.encode()) for name, text in variables.items()) > 4096:
        raise invalid("environmentVariables are longer than 4 KB together")
