"""The two bases of every value: frozen, strict about fields; PascalCase where it travels."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wire(Value):
    """A value that travels: snake_case here, CAS's PascalCase outside."""

    model_config = ConfigDict(alias_generator=to_pascal, populate_by_name=True)


class Versioned(Wire):
    """A stored value. `version` is the store's; 0 means never stored."""

    version: int = 0
