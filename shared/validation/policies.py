"""The policies as a text: read as a whole, with all that is wrong in one message."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from shared.domain.freezes import Freeze
from shared.domain.policies import Match, Pin, Policies, PolicyRule, PolicySettings, PolicyWaves
from shared.errors import InvalidRequestError

LONGEST_TEXT: Final = 256 * 1024  #: in bytes: some hundred rules are a tenth of it
_SUBJECT: Final = "policies"
_TAG: Final = ("tag", "tags")
_NO_TAGS: Final = (
    "a rule cannot match tags: the lists of CDN, DCDN, LIVE, VOD, WAF and others do not tell them, so it"
    " would pass over their slots without a word (match by slot, certificate, domain, region or product)"
)
_FIELDS: Final[dict[str, type[BaseModel]]] = {
    "rules": PolicyRule,
    "waves": PolicyWaves,
    "freezes": Freeze,
}
_KNOWN: Final = re.compile(r"'([^']+)'")
_EXPECTED: Final = {"tuple_type": "expected a list", "model_type": "expected keys with values"}


def parse_policies(text: str) -> Policies:
    """Raises InvalidRequestError with every fault: where it is, what it is, and what to do."""
    if len(text.encode()) > LONGEST_TEXT:
        raise InvalidRequestError(f"{_SUBJECT}: longer than {LONGEST_TEXT // 1024} KiB")
    if not text.strip():
        return Policies()
    from shared.validation.policy_yaml import load  # most installations have no policies, and need no YAML

    try:
        data = load(text)
    except ValueError as error:
        raise InvalidRequestError(f"{_SUBJECT}: not YAML: {error}") from None
    if data is None or data == "":
        return Policies()
    if not isinstance(data, dict):
        raise InvalidRequestError(f"{_SUBJECT}: expected `defaults:` and `rules:`, got another kind of YAML")
    try:
        return Policies.model_validate({key: value for key, value in data.items() if value != ""})
    except ValidationError as error:
        names = _names_of_rules(data)
        clauses = dict.fromkeys(_clause(item, names) for item in error.errors())
        raise InvalidRequestError(f"{_SUBJECT}: {'; '.join(clauses)}") from None


def _names_of_rules(data: dict[Any, Any]) -> list[str]:
    rules = data.get("rules")
    return [str(one.get("name", "")) if isinstance(one, dict) else "" for one in rules or ()]


def _clause(item: Any, names: Sequence[str]) -> str:
    path = item["loc"]
    where = _place(path, names)
    if item["type"] == "extra_forbidden" and path[-2:-1] == ("match",) and path[-1] in _TAG:
        return f"{where}: {_NO_TAGS}"
    if item["type"] == "extra_forbidden":
        return f"{where}: unknown{_hint(str(path[-1]), _fields_around(path))}"
    if item["type"] == "missing":
        return f"{where}: missing"
    if item["type"] == "enum":
        known = _KNOWN.findall(item["ctx"]["expected"])
        return f"{where}: {item['input']!r} is unknown{_hint(str(item['input']), known)}"
    message = _EXPECTED.get(item["type"]) or item["msg"].removeprefix("Value error, ")
    is_text = isinstance(item["input"], str) and item["type"] != "value_error"
    return f"{where}: {message}" + (f", not {item['input']!r}" if is_text else "")


def _place(path: Sequence[str | int], names: Sequence[str]) -> str:
    """`rule 2 (payments), match.domain`: people count from 1."""
    counted = [part if isinstance(part, str) else f"{part + 1}" for part in path]
    if path[0] != "rules" or len(path) == 1:
        return ".".join(counted)
    name = names[int(path[1])]
    rule = f"rule {counted[1]}" + (f" ({name})" if name else "")
    return f"{rule}, {'.'.join(counted[2:])}" if path[2:] else rule


def _fields_around(path: Sequence[str | int]) -> Iterable[str]:
    """What could stand where the last part of the path stands."""
    if len(path) == 1:
        return Policies.model_fields
    if path[-2] == "match":
        return Match.model_fields
    if path[-2] == "pin":
        return Pin.model_fields
    return _FIELDS.get(str(path[0]), PolicySettings).model_fields


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known := sorted(known), n=1)
    return f", did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"
