"""The base classes of all values: frozen, no unknown fields but in stored ones; PascalCase in JSON."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

AValue = TypeVar("AValue", bound="Value")
AStored = TypeVar("AStored", bound="Stored")


class Value(BaseModel):
    # Validators are made at the first use: a function needs a few of the models that it imports.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

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


class Stored(Wire):
    """A value that is in a row, as a whole or as a part. A newer version may have written fields into it.

    They stay with the value, through `evolve` and back into its row. Nothing is decided by them: values that
    differ in them alone are equal.
    """

    model_config = ConfigDict(extra="allow")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def after(self: AStored, before: AStored) -> AStored:
        """A copy with the unknown fields of the value whose place it takes."""
        copy = self.model_copy()
        object.__setattr__(
            copy, "__pydantic_extra__", {**(before.model_extra or {}), **(self.model_extra or {})}
        )
        return copy

    def as_told_by(self: AStored, told: AStored) -> AStored:
        """`told`; this one, which may know more, if they say the same."""
        return self if self == told else told


class Versioned(Stored):
    """A stored value. The store sets `version`; 0 means never stored."""

    version: int = 0
