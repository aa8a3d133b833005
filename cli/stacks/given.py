"""The parameters of a stack: what its owner gives, and what follows from its name and its objects."""

import difflib
import hashlib
import shlex
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cli.stacks.releases import Release
from cli.stacks.ros import StackState
from shared.errors import InvalidRequestError
from stack.target import VERSIONS

_OBJECTS: Final = {"CodeObject": "code", "LayerObject": "layer", "AwsLayerObject": "layer-aws"}
#: By the option that says it in place of `--parameter`.
_SAID: Final = {"Prefix": "--name", "CodeBucket": "--bucket", "Runtime": "--python"} | dict.fromkeys(
    _OBJECTS, "--objects"
)
_INSTANCE: Final = "OtsInstance"
_FORBIDDEN: Final = ("ali", "ay", "ots", "taobao", "admin")
_USUAL: Final = "certs"
_LETTERS: Final = 9  #: of the stack's name in the name of its instance, which has at most 16


def check_own(declared: Mapping[str, Any], own: Iterable[str]) -> None:
    """Raises InvalidRequestError: the template has none such, or an option says it."""
    for name in own:
        if option := _SAID.get(name):
            raise InvalidRequestError(f"--parameter {name}: say it with {option}")
        if name not in declared:
            near = difflib.get_close_matches(name, declared, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(declared))}"
            raise InvalidRequestError(f"the template has no parameter {name}; {hint}")


def said_before(stack: StackState | None, python: str | None, bucket: str | None) -> tuple[str, str]:
    """Runtime and bucket: as given, or as of the stack; the bucket is "" if nobody has said one."""
    before = stack.parameters if stack else {}
    runtime = before.get("Runtime", "").removeprefix("python")
    return (
        python or (runtime if runtime in VERSIONS else VERSIONS[0]),
        bucket or before.get("CodeBucket", ""),
    )


def all_of(
    declared: Mapping[str, Any],
    own: Mapping[str, str],
    *,
    name: str,
    account: str,
    region: str,
    bucket: str,
    release: Release,
    stack: StackState | None,
) -> dict[str, str]:
    """What ROS is given. What an existing stack was given before, and is not given now, stays.

    Raises:
        InvalidRequestError: the state would be another one.
    """
    found = {
        "Prefix": name,
        "CodeBucket": bucket,
        "Runtime": f"python{release.python}",
        **{parameter: release.objects[kind].key for parameter, kind in _OBJECTS.items()},
        **own,
    }
    before = stack.parameters.get(_INSTANCE) if stack else None
    if before and own.get(_INSTANCE, before) != before:
        raise InvalidRequestError(
            f"--parameter {_INSTANCE}: the state of this stack is in {before}, and would be left behind"
        )
    found.setdefault(_INSTANCE, before or instance_of(name, account, region))
    return {parameter: value for parameter, value in found.items() if parameter in declared}


def repeated(
    stack: StackState, declared: Mapping[str, Any], region: str, usual_bucket: str
) -> tuple[str, list[str]]:
    """The options by which `certdeploy deploy` makes a stack that was set like this one, on its state.

    And the names of parameters that are hidden: nobody can read them, not even whether they were given.
    """
    own = {
        name: value
        for name, value in stack.parameters.items()
        if name in declared and name not in (*_SAID, "State", _INSTANCE) and value != _default(declared[name])
    }
    hidden = sorted(name for name in own if declared[name].get("NoEcho"))
    words = ["--name", stack.name, "--region", region]
    if (runtime := stack.parameters.get("Runtime", "").removeprefix("python")) in VERSIONS[1:]:
        words += ["--python", runtime]
    if (bucket := stack.parameters.get("CodeBucket", usual_bucket)) != usual_bucket:
        words += ["--bucket", bucket]
    shown = {**{name: own[name] for name in sorted(own) if name not in hidden}, "State": "kept"}
    shown[_INSTANCE] = stack.parameters.get(_INSTANCE, "")
    for name, value in shown.items():
        words += ["--parameter", f"{name}={value}"]
    return shlex.join(words), hidden


def _default(declared: Mapping[str, Any]) -> str:
    value = declared.get("Default", "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def instance_of(name: str, account: str, region: str) -> str:
    """A name of a Tablestore instance: in a region no two accounts have the same.

    Source of what none may have in it: the vendor's page of CreateInstance.
    """
    digest = hashlib.sha256(f"{account}/{region}/{name}".encode()).hexdigest()[:6]
    begins = name[:_LETTERS].rstrip("-")
    return f"{_USUAL if any(word in begins for word in _FORBIDDEN) else begins}-{digest}"
