"""What an answer tells of a slot beside its certificate and the settings that are compared.

What differs there afterwards moved by itself, such as a counter, or is not known to be a setting: it is
told by its name, and never undone.
"""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256

from shared.cloud.reading import Fields
from shared.products.kit.settings import in_one_order

#: Of the call, not of the slot; and the time of the last change, which is ours.
_PASSING = frozenset({"requestid", "lastmodifiedtime", "updatetimestamp", "gmtmodified"})


def others(row: Fields, *known: Collection[str], under: str = "") -> dict[str, str]:
    """A digest of each field that is none of `known`: no value is kept. The order of lists has no meaning.

    `under`: what `row` is a part of, as "Listen."; the fields are told as "Listen.Name".
    """
    named = {name for names in known for name in names}
    return {
        under + name: _digest(value)
        for name, value in row.items()
        if name not in named and name.lower() not in _PASSING
    }


def differing(before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> tuple[str, ...]:
    """The fields that differ, by name; none where nothing was seen before, or after."""
    if before is None or after is None:
        return ()
    names = sorted(before.keys() | after.keys())
    return tuple(name for name in names if before.get(name, "") != after.get(name, ""))


def _digest(value: object) -> str:
    """ "" for what says nothing, so that it is as if it were not there."""
    if value in (None, "", [], {}):
        return ""
    return sha256(json.dumps(in_one_order(value), sort_keys=True).encode()).hexdigest()[:8]
