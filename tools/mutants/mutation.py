"""A module with one fault planted in it."""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One module with one fault."""

    path: str  #: relative to the repository
    fault: str  #: what kind
    line: int
    before: str  #: the lines that differ, stripped and joined
    after: str
    source: str  #: of the whole module, with the fault
    tests: tuple[str, ...] = ()  #: files that must notice it; none: whichever do

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.fault}\n    - {self.before}\n    + {self.after}"


def mutant(path: str, fault: str, old: str, new: str, tests: tuple[str, ...] = ()) -> Mutant:
    """The mutant with the source `new` in place of `old`."""
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    changed = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    before = [line.strip() for _, a, b, _, _ in changed for line in old.splitlines()[a:b]]
    after = [line.strip() for _, _, _, a, b in changed for line in new.splitlines()[a:b]]
    line = changed[0][1] + 1 if changed else 0
    return Mutant(path, fault, line, " ".join(before), " ".join(after), new, tests)
