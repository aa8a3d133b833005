"""Requests and events: parsed by a model, with all invalid fields in one message."""

import difflib
import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_pascal

from shared.domain.visible import visible
from shared.errors import InvalidRequestError

Model = TypeVar("Model", bound=BaseModel)
_FIELDS: Final = 10  #: invalid ones that are named
_LENGTH: Final = 1000  #: characters of a message


def read_json(text: object) -> Any:
    """Of bytes or text from outside; raises InvalidRequestError, whatever they hold."""
    if not isinstance(text, (str, bytes)):
        raise InvalidRequestError(f"the payload is not JSON: expected text, got {type(text).__name__}")
    try:
        value = json.loads(text, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # "\\ud800" alone: what stores or sends it would fail later
        raise InvalidRequestError("the payload is not JSON: half a character (a lone surrogate)") from None
    except RecursionError:
        raise InvalidRequestError("the payload is not JSON that is read here: nested too deeply") from None
    except ValueError as error:
        raise InvalidRequestError(f"the payload is not JSON: {error}") from None
    return value


def one_line(text: str) -> str:
    """What is told of a message that may hold anything: printable, and short enough to be read."""
    shown = visible(text[: _LENGTH + 1])
    return shown if len(text) <= _LENGTH else f"{shown[:_LENGTH]}… ({len(text)} characters)"


def only_one(request: BaseModel) -> str:
    """The name of the one field that is set. Raises InvalidRequestError: none is, or several are."""
    fields = type(request).model_fields
    asked = [name for name in fields if getattr(request, name) is not None]
    if len(asked) != 1:
        kinds = (field.alias or to_pascal(name) for name, field in fields.items())
        raise InvalidRequestError(f"expected exactly one of {', '.join(kinds)}")
    return asked[0]


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


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
    problems = error.errors()
    for item in problems[:_FIELDS]:
        path = ".".join(map(str, item["loc"])) or "request"
        if item["type"] == "extra_forbidden":
            hint = _hint(str(item["loc"][-1]), model) if model else ""
            clauses.append(f"{path}: unknown field{hint}")
        elif item["type"] == "missing":
            clauses.append(f"{path}: missing")
        else:
            clauses.append(f"{path}: {item['msg'].removeprefix('Value error, ')}")
    more = len(problems) - _FIELDS
    return "; ".join(clauses) + (f"; and {more} more" if more > 0 else "")


def _hint(name: str, model: type[BaseModel]) -> str:
    known = [field.alias or key for key, field in model.model_fields.items()]
    near = difflib.get_close_matches(name, known)
    return f", did you mean {near[0]}?" if near else f"; known fields: {', '.join(sorted(known))}"
