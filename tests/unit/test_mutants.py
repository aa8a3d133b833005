"""`make mutants`: what it plants, and that its written lists still fit the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutants.lists import ListError, equivalents, named
from tools.mutants.mutation import mutant
from tools.mutants.syntax import Module, edits

ROOT = Path(__file__).parents[2]


def planted(source: str) -> dict[str, list[str]]:
    """What our own faults make of the source, by their kind; none where no fault belongs."""
    module = Module(source)
    found: dict[str, list[str]] = {}
    for edit in edits(module):
        if not any(span.holds(edit.span) for span in module.quiet()):
            found.setdefault(edit.fault, []).append(module.replaced(edit.span, edit.text))
    return found


@pytest.mark.parametrize(
    ("source", "fault", "faulty"),
    [
        ("f(x)", "statement left out", ["pass"]),
        ("def f():\n    return 1", "returns nothing", ["def f():\n    return None"]),
        ("y = f(a=1, b=2)", "argument left out", ["y = f( b=2)", "y = f(a=1, )"]),
        ("y = min(x)", "function swapped", ["y = max(x)"]),
        ("y = {1: 2, 3: 4}", "entry left out", ["y = {**{}, 3: 4}", "y = {1: 2, **{}}"]),
        ("y = [x for x in z if x]", "filter left out", ["y = [x for x in z if True]"]),
        ("y = a and b", "condition left out", ["y = True and b", "y = a and True"]),
        ("y = 'é' + 'b'", "text changed", ["y = 'é~' + 'b'", "y = 'é' + 'b~'"]),
    ],
)
def test_a_kind_of_fault_is_planted_once_in_each_place(source: str, fault: str, faulty: list[str]) -> None:
    assert planted(source)[fault] == faulty


@pytest.mark.parametrize(
    "source",
    [
        '"""Says."""',
        "log.info('done', extra={'a': 1, 'b': 2})",
        "x: 'Later' = y",
        "import a, b",
        "assert f(a=1)",
    ],
)
def test_no_fault_is_planted_where_nothing_happens(source: str) -> None:
    assert planted(source) == {}


def test_a_mutant_shows_the_lines_that_differ() -> None:
    one = mutant("a.py", "kind", "a = 1\nb = 2\n", "a = 1\nb = 3\n")

    assert (one.line, one.before, one.after) == (2, "b = 2", "b = 3")


def test_every_fault_that_is_written_down_fits_the_code() -> None:
    """`named` raises with those that do not; the tests that it names are there."""
    listed = named(ROOT, [])

    assert len(listed) > 100
    for one in listed:
        compile(one.source, one.path, "exec")
        assert [test for test in one.tests if not (ROOT / test).exists()] == [], one.fault
        assert one.tests, one.fault


def test_an_equivalent_one_says_why() -> None:
    assert all(equivalents(ROOT).values())


def test_an_entry_that_does_not_fit_the_code_is_refused(tmp_path: Path) -> None:
    (folder := tmp_path / "tools/mutants/named").mkdir(parents=True)
    (tmp_path / "a.py").write_text("b = 1\nb = 1\n")
    entry = '[[mutant]]\nname = "n"\nfile = "a.py"\nold = "b = 1"\nnew = "b = 2"\ntests = "t.py"\n'
    (folder / "x.toml").write_text(entry)
    listed = '[[mutant]]\nfile = "a.py"\nbefore = "c = 1"\nafter = "c = 2"\nreason = "r"\n'
    (folder.parent / "equivalent.toml").write_text(listed)

    with pytest.raises(ListError, match=r"x.toml: n: `old` is 2 times in a.py"):
        named(tmp_path, [])
    with pytest.raises(ListError, match=r"a.py: c = 1"):
        equivalents(tmp_path)
