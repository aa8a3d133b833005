"""Requests and events: parsed by a model, with all invalid fields in one message."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors import InvalidRequestError

Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], data: object) -> Model:
    """Raises InvalidRequestError naming every invalid field as the caller spelled it."""
    if not isinstance(data, Mapping):
        raise InvalidRequestError(f"expected a JSON object, got {type(data).__name__}")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidRequestError(explain(error, model)) from None


def explain(error: ValidationError, model: type[BaseModel] | None = None) -> str:
    """One clause per invalid field. Values are not repeated: they may be secret.

    `model`: whose fields the caller may choose from.
    """
    clauses = []
    for item in error.errors():
        path = ".".join(map(str, item["loc"])) or "request"
        if item["type"] == "extra_forbidden":
            hint = _hint(str(item["loc"][-1]), model) if model else ""
            clauses.append(f"{path}: unknown field{hint}")
        elif item["type"] == "missing":
            clauses.append(f"{path}: missing")
        else:
            clauses.append(f"{path}: {item['msg'].removeprefix('Value error, ')}")
    return "; ".join(clauses)


def _hint(name: str, model: type[BaseModel]) -> str:
    known = [field.alias or key for key, field in model.model_fields.items()]
    near = difflib.get_close_matches(name, known)
    return f", did you mean {near[0]}?" if near else f"; known fields: {', '.join(sorted(known))}"
