"""The base classes of all values: frozen, no unknown fields; PascalCase in JSON."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

AValue = TypeVar("AValue", bound="Value")


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def evolve(self: AValue, **changes: Any) -> AValue:
        """A copy with these fields changed. The values are not validated again: mypy checks names and types.

        Raises:
            TypeError: a name is not a field.
        """
        fields = self.__pydantic_fields__
        for name in changes:
            if name not in fields:
                raise TypeError(f"{type(self).__name__} has no field {name!r}")
        return self.model_copy(update=changes)


class Wire(Value):
    """A value that is stored or sent: snake_case in Python, CAS's PascalCase in JSON."""

    model_config = ConfigDict(alias_generator=to_pascal, populate_by_name=True)


class Versioned(Wire):
    """A stored value. The store sets `version`; 0 means never stored."""

    version: int = 0
