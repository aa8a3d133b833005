"""All faults that can be planted in modules, by cosmic-ray and by us, and a random sample of them."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import provider
from cosmic_ray.operators.operator import Operator
from parso.tree import NodeOrLeaf

from tools.mutants.mutation import Mutant, mutant
from tools.mutants.syntax import Module, Span, edits

_WITH_ARGUMENTS = {"VariableReplacer", "VariableInserter"}


Plant = Callable[[], str | None]  #: the module's source with a fault; None: it cannot be planted


@dataclass(frozen=True)
class _Place:
    """Where several faults could be planted, of which a sample takes one."""

    path: str
    span: Span


def sample(root: Path, paths: Iterable[str], count: int, seed: int) -> list[Mutant]:
    """`count` mutants of these modules: each place is equally likely, and then each fault there."""
    chance = random.Random(seed)  # noqa: S311  (a sample, not a secret)
    places: dict[_Place, list[tuple[str, Plant]]] = {}
    for path in sorted(paths):
        places.update(_places(path, (root / path).read_text(encoding="utf-8")))
    chosen = list(places)
    chance.shuffle(chosen)
    found: list[Mutant] = []
    for place in chosen:
        if len(found) == count:
            break
        old = (root / place.path).read_text(encoding="utf-8")
        faults = places[place]
        chance.shuffle(faults)
        for fault, plant in faults:
            new = plant()
            if new is not None and new != old and _compiles(new):
                found.append(mutant(place.path, fault, old, new))
                break
    return sorted(found, key=lambda one: (one.path, one.line))


def _places(path: str, source: str) -> dict[_Place, list[tuple[str, Plant]]]:
    module = Module(source)
    quiet = module.quiet()
    places: dict[_Place, list[tuple[str, Plant]]] = defaultdict(list)
    for span, fault, plant in (*_own(module), *_cosmic(source)):
        if not any(one.holds(span) for one in quiet):
            places[_Place(path, span)].append((fault, plant))
    return dict(places)


def _own(module: Module) -> Iterator[tuple[Span, str, Plant]]:
    for edit in edits(module):
        yield edit.span, edit.fault, partial(module.replaced, edit.span, edit.text)


def _cosmic(source: str) -> Iterator[tuple[Span, str, Plant]]:
    nodes = list(ast_nodes(get_ast(source)))
    for name in provider.OperatorProvider():
        if name in _WITH_ARGUMENTS or _mixes_identity(name):
            continue
        operator: Operator = provider.OperatorProvider()[name]()
        number = 0
        for node in nodes:
            for start, end in operator.mutation_positions(node):
                if not _separates_parameters(node):
                    yield Span(start, end), name, partial(_cosmic_plant, source, operator, number)
                number += 1


def _separates_parameters(node: NodeOrLeaf) -> bool:
    """The `*` of a signature, which cosmic-ray takes for a product."""
    return node.parent is not None and node.parent.type in ("parameters", "param", "lambdef")


def _cosmic_plant(source: str, operator: Operator, number: int) -> str | None:
    try:
        return mutate_code(source, operator, number)  # type: ignore[no-any-return]
    except AttributeError:  # its replacer of exceptions fails on one with a dot, in a tuple
        return None


def _mixes_identity(name: str) -> bool:
    """`is` for `==` or `<`: mostly the same, else nonsense."""
    of, _, to = name.removeprefix("ReplaceComparisonOperator_").partition("_")
    return name.startswith("ReplaceComparisonOperator_") and of.startswith("Is") != to.startswith("Is")


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True
