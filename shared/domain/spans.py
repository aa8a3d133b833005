"""Short spans of time, and parts of a whole, as people write them."""

import re
from typing import Final

_MINUTES: Final = {"": 1.0, "m": 1.0, "h": 60.0, "d": 24 * 60.0}
_SPAN: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?([mhd]?)", re.ASCII)
_PART: Final = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%?", re.ASCII)


def minutes_in(text: str) -> float:
    """Of `30m`, `2h`, `1d` or a number of minutes. Raises ValueError: it is none of these."""
    if found := _SPAN.fullmatch(text.strip().lower()):
        return float(found[1]) * _MINUTES[found[2]]
    raise ValueError(f"{text!r} is not a span such as 30m, 2h or 1d")


def percent_in(text: str) -> float:
    """Of `10%` or `10` the 10. Raises ValueError: it is neither."""
    if found := _PART.fullmatch(text.strip()):
        return float(found[1])
    raise ValueError(f"{text!r} is not a part such as 10%")
