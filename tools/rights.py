"""The table of SECURITY.md: what each function can read, write and invoke, as its role grants it."""

import re
from collections import defaultdict
from collections.abc import Iterable

from shared.runtime.grants import CLUSTERS, KEYS, for_other_stores, grants
from shared.runtime.reach import invoked_for, reach

BEGIN, END = "<!-- written by tools.products -->", "<!-- end -->"
_COLUMNS = ("function", "private keys", "secrets", "reads tables", "writes tables", "invokes")
_Cells = tuple[str, str, str, str, str]


def rewritten(text: str) -> str:
    """`text` with the table as the code has it now."""
    marked = re.compile(rf"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.S)
    return marked.sub(lambda _: _table(), text)


def _table() -> str:
    rows: dict[_Cells, list[str]] = defaultdict(list)
    for name in reach():
        rows[_cells(name)].append(name)
    lines = [_COLUMNS, ["---"] * len(_COLUMNS), *([_code(names), *cells] for cells, names in rows.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(function: str) -> _Cells:
    reached = reach()[function]
    deploys = {name for name in reach() if name.startswith("deploy_")}
    invoked = reached.invokes | invoked_for(function)
    each = "each that deploys" if deploys <= invoked else ""
    others = _code(sorted(invoked - {function} - (deploys if each else set())))
    itself = "itself" if function in invoked else ""
    return (
        ", ".join(_keys(function)) or "none",
        _code(sorted(reached.secrets)) or "none",
        _code(sorted(table.name for table in reached.reads - reached.writes)) or "none",
        _code(sorted(table.name for table in reached.writes)) or "none",
        ", ".join(filter(None, (itself, each, others))) or "none",
    )


def _keys(function: str) -> Iterable[str]:
    granted, elsewhere = grants()[function], for_other_stores().get(function, frozenset())
    if granted & KEYS:
        yield "of CAS, if `Stores` names more than cn-hangzhou" if granted & KEYS <= elsewhere else "of CAS"
    if granted & CLUSTERS:
        yield "in clusters"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
