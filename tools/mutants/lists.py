"""Mutants written down: those that were once unnoticed, and those that nobody could notice."""

import sys
from pathlib import Path

from tools.mutants.mutation import Mutant, mutant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_HERE = Path("tools/mutants")


class ListError(Exception):
    """An entry that does not fit the code any more."""


def named(root: Path, areas: list[str]) -> list[Mutant]:
    """Of tools/mutants/named; with `areas` only those in files below one of them.

    Raises:
        ListError: the old text of an entry is not in its file, or more than once.
    """
    found: list[Mutant] = []
    problems: list[str] = []
    for path in sorted((root / _HERE / "named").glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            if areas and not entry["file"].startswith(tuple(areas)):
                continue
            file = root / entry["file"]
            source = file.read_text(encoding="utf-8") if file.exists() else ""
            if (times := source.count(entry["old"])) != 1:
                problems.append(f"{path.name}: {entry['name']}: `old` is {times} times in {entry['file']}")
                continue
            faulty = source.replace(entry["old"], entry["new"])
            tests = tuple(entry.get("tests", "").split())
            found.append(mutant(entry["file"], entry["name"], source, faulty, tests))
    if problems:
        raise ListError("the code has moved on; mend the entry or take it out:\n  " + "\n  ".join(problems))
    return found


def equivalents(root: Path) -> dict[tuple[str, str, str], str]:
    """The reason by file, lines before and lines after, as a report shows them.

    Raises:
        ListError: the lines of an entry are not in its file.
    """
    path = root / _HERE / "equivalent.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    gone = [entry for entry in entries if not _holds(root / entry["file"], entry["before"])]
    if gone:
        told = "\n  ".join(f"{entry['file']}: {entry['before']}" for entry in gone)
        raise ListError(f"{path.name}: not in the code any more:\n  {told}")
    return {(entry["file"], entry["before"], entry["after"]): entry["reason"] for entry in entries}


def _holds(path: Path, lines: str) -> bool:
    source = path.read_text(encoding="utf-8") if path.exists() else ""
    return " ".join(lines.split()) in " ".join(source.split())
