"""Pages from templates. All that is printed is escaped; what hides in a line or turns it is written out."""

from collections.abc import Mapping
from datetime import datetime, timezone
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from console import drawing, timeline
from console.commands import line
from console.language import LANGUAGES, text
from shared.domain.hints import hint_in
from shared.domain.moments import whole_days
from shared.domain.names import for_display
from shared.domain.visible import visible

_PAGES: Final = Path(__file__).parent / "pages"
STATIC: Final = Path(__file__).parent / "static"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "names": _names,
        "moment": _moment,
        "day": "{:%Y-%m-%d}".format,
        "short": _short,
        "thousands": "{:,}".format,
    }
    made.globals |= {
        "languages": LANGUAGES,
        "line": line,
        "url": _url,
        "days_left": _days_left,
        "hint": hint_in,
        "timeline": timeline.timeline_of,
        "drawn": drawing.drawn,
        "bar": drawing.bar,
    }
    return made


def rendered(template: str, language: str, context: Mapping[str, Any]) -> str:
    def t(english: str | Enum, **values: object) -> str:
        """Also of a status."""
        return text(language, english.value if isinstance(english, Enum) else english, **values)

    return _environment().get_template(template).render(context, t=t, language=language)


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    value = value.value if isinstance(value, Enum) else value
    return visible(value, keep="\n\t") if isinstance(value, str) and not isinstance(value, Markup) else value


def _names(names: tuple[str, ...], most: int = 3) -> str:
    """The first of them, as people read them."""
    more = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(map(for_display, names[:most])) + more


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M}" if at else ""


def _short(identifier: str) -> str:
    """As the command line shows it: without the store where that is cn-hangzhou."""
    kind, colon, digits = identifier.partition(":")
    return f"{kind}:{digits[:16]}…" if colon and kind == "sha256" else identifier.removesuffix("-cn-hangzhou")


def _url(path: str, **given: Any) -> str:
    kept = {name: value for name, value in given.items() if value not in (None, "", [], ())}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def _days_left(at: datetime | None, now: datetime) -> int | None:
    """Whole days; negative: it has ended."""
    if at is None:
        return None
    return -1 if at <= now else whole_days(at - now)
