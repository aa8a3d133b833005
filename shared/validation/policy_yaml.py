"""The YAML of policies: every scalar is a text, and no key stands twice."""

from collections.abc import Hashable
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Every scalar stays the text that it is: `off` is no `False`, and an id no number."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    """A key that stands twice is a fault: YAML would let the last one win without a word."""
    found: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.MarkedYAMLError(problem=f"{key} stands here twice", problem_mark=key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.yaml_implicit_resolvers = {}
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load(text: str) -> Any:
    """What the text says; None if it says nothing.

    Raises:
        ValueError: it is no YAML; says where, and what is wrong.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader, with less to construct
    except yaml.MarkedYAMLError as error:
        raise ValueError(_told(error)) from None
    except (yaml.YAMLError, TypeError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from None


def _told(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}{error.problem or error.context}"
