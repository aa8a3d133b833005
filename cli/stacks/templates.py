"""The text of a stack's template, as it is sent for what is to be done."""

import json
import re
from typing import Any, Final

import yaml

from cli.stacks.human import STATE

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  #: the C loader is ten times faster
_RETAIN: Final = re.compile(r"^ +DeletionPolicy: Retain\n", re.M)


def without_retention(template: str) -> str:
    """Nothing stays when its stack goes."""
    return _RETAIN.sub("", template)


def all_goes(template: str) -> str:
    """Without retention, whether ROS gives the template back as it was sent or as JSON."""
    try:
        document = json.loads(template)
    except ValueError:
        return without_retention(template)
    retained = [one for one in document.get("Resources", {}).values() if one.pop("DeletionPolicy", None)]
    return json.dumps(document) if retained else template


def retained_later(before: str, template: str) -> str:
    """`template`, without retention of the tables that the one `before` has not.

    A change that fails takes them back, since they are empty. Retained, they would be in the way of the next.
    """
    old, new = _read(before), _read(template)
    added = {
        name: {key: value for key, value in one.items() if key != "DeletionPolicy"}
        for name, one in new["Resources"].items()
        if one.get("Type") in STATE and name not in (old.get("Resources") or {})
    }
    return _written({**new, "Resources": {**new["Resources"], **added}}) if added else template


def with_state_of(before: str, template: str) -> str:
    """`template`, and the tables that only the one `before` has: an earlier version knows fewer.

    They stay the stack's. Let go, they would be in the way of the version that knows them again.
    """
    old, new = _read(before), _read(template)
    lacking = {
        name: one
        for name, one in (old.get("Resources") or {}).items()
        if one.get("Type") in STATE and name not in new["Resources"] and _fits(one, new)
    }
    if not lacking:
        return template
    return _written({**new, "Resources": {**new["Resources"], **lacking}})


def parameters_of(template: str) -> dict[str, Any]:
    """As the template declares them."""
    return _read(template).get("Parameters") or {}


def _fits(resource: dict[str, Any], template: dict[str, Any]) -> bool:
    """Whether what the resource names is there."""
    needed = resource.get("DependsOn") or []
    needed = [needed] if isinstance(needed, str) else needed
    condition = resource.get("Condition")
    there = template["Resources"].keys()
    return all(one in there for one in needed) and condition in (None, *(template.get("Conditions") or {}))


def _written(document: dict[str, Any]) -> str:
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110))


def _read(template: str) -> dict[str, Any]:
    document = yaml.load(template, Loader=_LOADER)  # noqa: S506 - a safe one
    return dict(document)
