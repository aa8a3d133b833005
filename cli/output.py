"""Output for people and programs: results on stdout, everything else on stderr. Times are UTC."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from pydantic import BaseModel
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.status import Status
from rich.text import Text

from cli.encoding import holds_all
from cli.tables import Table, one_line
from shared.cloud.redact import redact
from shared.domain.names import for_display
from shared.domain.visible import visible

_WIDTH = 150  #: of sentences in a pipe or a file


class _Screen(Console):
    """Prints nothing that steers the terminal but what it says itself."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text, keep="\n"), segment.style)


def console(*, stderr: bool = False) -> Console:
    return _Screen(stderr=stderr, width=None if _has_width(stderr) else _WIDTH, highlight=False)


def width() -> int | None:
    """Columns of the screen; None where standard output is none, such as a pipe."""
    return console().width if _has_width() else None


def _has_width(stderr: bool = False) -> bool:
    stream = sys.stderr if stderr else sys.stdout
    return stream.isatty() or "COLUMNS" in os.environ


def tell(text: str) -> None:
    """Print one line to stderr."""
    tell_whole(redact(text))


def tell_whole(text: str) -> None:
    """`tell` of what is redacted already: a page's address keeps what follows its `?`."""
    console(stderr=True).print(Text(one_line(text)), soft_wrap=True)


def show_json(value: BaseModel | Mapping[str, Any]) -> None:
    """Print JSON in the form of the functions' answers: PascalCase, None left out."""
    in_letters = holds_all(sys.stdout.encoding)  # else escaped, so that nothing is lost
    print(visible(json.dumps(plain(value), ensure_ascii=not in_letters, indent=2), keep="\n"))


def plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def show(table: Table) -> None:
    """Print it as wide as the screen is; as wide as it is where there is none."""
    screen = console()
    if screen.color_system is None:
        width = screen.width if _has_width() else None
        print("\n".join(line.plain for line in table.lines(width)))
    else:
        for line in table.lines(screen.width):
            screen.print(line, soft_wrap=True)


def table(*columns: str, title: str = "", wrap: tuple[str, ...] = (), right: tuple[str, ...] = ()) -> Table:
    """A table; on a narrow terminal the columns in `wrap` are wrapped between words."""
    return Table(columns, title=title, wrap=wrap, right=right)


def row(into: Table, *cells: str | Text) -> None:
    """Add a row; cells are not parsed as markup."""
    into.add(*cells)


def names(domains: tuple[str, ...]) -> str:
    return ", ".join(map(for_display, domains))


def handle(identifier: str) -> str:
    """The certificate in place, short enough for a column; a fingerprint is cut to its first digits."""
    kind, colon, digits = identifier.partition(":")
    return f"{kind}:{digits[:16]}…" if colon and kind == "sha256" else identifier


def short(identifier: str) -> str:
    """A CertIdentifier; the store is shown only if it is not cn-hangzhou."""
    return identifier.removesuffix("-cn-hangzhou")


def arrow(old: str, new: str) -> str:
    """`10741304 → 10741317`; the store is shown only if it is not cn-hangzhou."""
    before, after = (short(handle(one)) or "none" for one in (old, new))
    return f"{before} → {after}"


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M}" if at else ""


def ends(at: datetime | None, now: datetime) -> Text:
    if at is None:
        return Text("")
    days = (at - now).days
    style = "red" if days < 0 else "yellow" if days < 30 else ""
    left = "expired" if at <= now else f"{days} d"
    return Text(f"{at:%Y-%m-%d} ({left})", style)


STATUS_STYLES = {
    "success": "green",
    "synced": "green",
    "error": "red",
    "cancelled": "yellow",
    "rollback": "cyan",
    "rollback_success": "green",
    "rollback_error": "red",
    "failed": "red",
    "processing": "cyan",
    "syncing": "cyan",
    "deploy": "green",
}


def status(value: str) -> Text:
    return Text(value, STATUS_STYLES.get(value, ""))


@contextmanager
def progress(what: str) -> Iterator[Status]:
    """Show a spinner on stderr while waiting; nothing if stderr is not a terminal."""
    screen = console(stderr=True)
    with screen.status(Text(what)) as shown:
        yield shown
