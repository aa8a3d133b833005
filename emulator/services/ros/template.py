"""A ROS template: read from its text, and refused where its form or its references are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from emulator.services.ros import errors
from emulator.services.ros.kinds import KINDS
from emulator.services.ros.references import references

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
VERSION = "2015-09-01"
#: The vendor's pages "Limits" and "CreateStack".
LONGEST, MOST_RESOURCES = 524_288, 200
_SECTIONS = frozenset(
    [
        *("ROSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions"),
        *("Resources", "Outputs"),
    ]
)
_LEFT_OUT = frozenset({"Rules", "Transform", "Locals", "Workspace"})  #: known to ROS, not emulated
_OF_RESOURCE = frozenset(
    {"Type", "Properties", "DependsOn", "DeletionPolicy", "Condition", "Metadata", "Description"}
)
PSEUDO = frozenset(
    f"ALIYUN::{name}" for name in ("Region", "TenantId", "AccountId", "StackName", "StackId", "NoValue")
)


@dataclass(frozen=True)
class Declared:
    """A resource as the template has it."""

    kind: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()  #: DependsOn
    retain: bool = False  #: DeletionPolicy
    condition: str = ""
    description: str = ""


@dataclass(frozen=True)
class Template:
    text: str
    description: str
    parameters: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Declared]
    outputs: Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=8)
def read(text: str) -> Template:
    """Raises ApiError, with the first thing that is wrong."""
    if not 1 <= len(text.encode()) <= LONGEST:
        raise errors.bad_form(f"The template takes 1 to {LONGEST} bytes")
    document = _document(text)
    template = Template(
        text,
        str(document.get("Description") or ""),
        _section(document, "Parameters"),
        _section(document, "Mappings"),
        document.get("Conditions") or {},
        {name: _declared(name, given) for name, given in _section(document, "Resources").items()},
        _section(document, "Outputs"),
    )
    if len(template.resources) > MOST_RESOURCES:
        raise errors.invalid(f"The template has more than {MOST_RESOURCES} resources")  # [guess] the code
    _check_references(document, template)
    return template


def _document(text: str) -> dict[str, Any]:
    """JSON is read as the YAML that it is."""
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError:
        raise errors.bad_form("The template is neither JSON nor YAML") from None
    if not isinstance(document, dict):
        raise errors.bad_form("The template is not an object")
    if "ROSTemplateFormatVersion" not in document:
        raise errors.bad_version("ROSTemplateFormatVersion is missing")
    if str(document["ROSTemplateFormatVersion"]) != VERSION:
        raise errors.bad_version(f"{document['ROSTemplateFormatVersion']} is not {VERSION}")
    if left_out := sorted(document.keys() & _LEFT_OUT):
        raise errors.not_emulated(f"The section {left_out[0]} of a template")
    if strangers := sorted(str(name) for name in document.keys() - _SECTIONS):
        raise errors.bad_section(strangers[0])
    return document


def _section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name) or {}
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise errors.bad_form(f"{name} takes objects by their names")
    return found


def _declared(name: str, given: Mapping[str, Any]) -> Declared:
    if strangers := sorted(given.keys() - _OF_RESOURCE):
        raise errors.bad_form(f"Resources.{name} has an unknown field {strangers[0]}")
    kind, needs = given.get("Type"), given.get("DependsOn") or []
    if not isinstance(kind, str):
        raise errors.bad_form(f"Resources.{name} has no Type")
    if kind not in KINDS:
        raise errors.invalid(f"Unknown resource Type : {kind}")
    policy = given.get("DeletionPolicy", "Delete")
    if policy not in ("Delete", "Retain"):
        raise errors.bad_form(f'Invalid deletion policy "{policy}" of Resources.{name}')
    return Declared(
        kind,
        given.get("Properties") or {},
        tuple([needs] if isinstance(needs, str) else needs),
        policy == "Retain",
        str(given.get("Condition") or ""),
        str(given.get("Description") or ""),
    )


def _check_references(document: Mapping[str, Any], template: Template) -> None:
    for where, part in _parts(document):
        for name, attribute in references(part):
            if name in template.resources:
                if attribute and attribute not in KINDS[template.resources[name].kind].attributes:
                    raise errors.bad_attribute(name, attribute)
            elif attribute or (name not in template.parameters and name not in PSEUDO):
                raise errors.bad_reference(name, where)
    for name, declared in template.resources.items():
        for needed in declared.needs:
            if needed not in template.resources:
                raise errors.bad_reference(needed, f"Resources.{name}.DependsOn")
        if declared.condition and declared.condition not in template.conditions:
            raise errors.bad_reference(declared.condition, f"Resources.{name}.Condition")
    levels(template, template.resources)


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section in ("Conditions", "Resources", "Outputs"):
        for name, part in (document.get(section) or {}).items():
            yield f"{section}.{name}", part


def levels(template: Template, names: Mapping[str, Any]) -> list[list[str]]:
    """Those of the resources in `names`, each in a later list than what it needs. Raises ApiError."""
    left = {name: _needed(template, name) & names.keys() for name in template.resources if name in names}
    found: list[list[str]] = []
    while left:
        ready = [name for name, needed in left.items() if not needed & left.keys()]
        if not ready:
            raise errors.circular(", ".join(sorted(left)))
        found.append(ready)
        left = {name: needed for name, needed in left.items() if name not in ready}
    return found


def _needed(template: Template, name: str) -> set[str]:
    declared = template.resources[name]
    return {*declared.needs, *(found for found, _ in references(declared.properties))} & {*template.resources}
