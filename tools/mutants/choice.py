"""Which tests are asked first whether they notice a mutant, and which after them."""

from pathlib import PurePath

from tools.mutants.mutation import Mutant
from tools.mutants.reach import IMPORT, Reach, function_at

_FIRST_S = 8.0  #: of tests in the first turn
_FIRST = 60
#: Code that runs in processes of its own, where no test is seen to reach it.
_UNSEEN = {"host": ("tests/unit/host", "tests/functional/host", "tests/functional/emulator/test_fc_api.py")}


def turns(one: Mutant, original: str, reach: Reach, within_s: float) -> list[list[str]]:
    """Tests nearest to the code first, then all others that run it; of newer files, whole.

    `within_s`: no more tests than take so many seconds.
    """
    if one.tests:
        known = [test for test in sorted(reach.durations) if test.partition("::")[0] in one.tests]
        return [known + [file for file in reach.newer if file in one.tests]]
    function = function_at(original, one.line)
    reaching = reach.reaching(one.path, function) if function != IMPORT else []
    if not reaching:
        unseen = _UNSEEN.get(one.path.partition("/")[0], ())
        reaching = reach.reaching_module(one.path)
        # Tests beside it reach by importing alone; so do those that walk over all modules.
        reaching += [test for test in reach.durations if _distance(one.path, test) <= 1]
        reaching += [test for test in reach.durations if test.startswith("tests/unit/test_")]
        # Classes without functions are run by their bases: those tests that name the module.
        reaching += [test for test in reach.durations if PurePath(one.path).stem in test.lower()]
        reaching += [test for test in reach.durations if test.startswith(unseen)] if unseen else []
    ordered = sorted(
        set(reaching), key=lambda test: (_distance(one.path, test), reach.durations.get(test, 0))
    )
    first, rest = _split(ordered, _FIRST_S, reach, at_most=_FIRST)
    rest, _ = _split(rest, within_s, reach)
    for file in reach.newer:
        (first if _distance(one.path, file) <= 1 else rest).append(file)
    return [_by_file(one, turn) for turn in (first, rest) if turn]


def _split(
    tests: list[str], seconds: float, reach: Reach, at_most: int | None = None
) -> tuple[list[str], list[str]]:
    """At least one, as far as the seconds go; and the others."""
    spent = 0.0
    for number, test in enumerate(tests):
        spent += reach.durations.get(test, 0)
        if number and (spent > seconds or number == at_most):
            return tests[:number], tests[number:]
    return tests, []


def _by_file(one: Mutant, tests: list[str]) -> list[str]:
    """The tests of a file one after the other, so that what they share is made once."""
    return sorted(tests, key=lambda test: (_distance(one.path, test), test.partition("::")[0]))


def _distance(path: str, test: str) -> int:
    """0: the test file has the module's name; 1: its folder's; 2: a unit test; 3: any other."""
    module, file = PurePath(path), test.partition("::")[0]
    if module.stem in PurePath(file).stem or PurePath(file).stem.removeprefix("test_") in module.stem:
        return 0
    if module.parent.name in PurePath(file).parts:
        return 1
    return 2 if file.startswith("tests/unit") else 3
