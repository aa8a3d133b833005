"""Faults that cosmic-ray does not know: what is left out, swapped or emptied.

Each takes a parsed module and yields spans of the source with the text that replaces them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Point = tuple[int, int]  #: line from 1, column in characters from 0


@dataclass(frozen=True)
class Span:
    start: Point
    end: Point

    def holds(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Edit:
    fault: str
    span: Span
    text: str


_SWAPPED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "startswith": "endswith",
    "endswith": "startswith",
    "removeprefix": "removesuffix",
    "removesuffix": "removeprefix",
    "lower": "upper",
    "sorted": "list",
}
_DROPPED = (ast.AugAssign, ast.Delete, ast.Raise, ast.Break, ast.Continue)
#: Decorators that tell a reader or a checker something, and cost or change nothing when they are gone.
_SILENT = {
    "final",
    "override",
    "abstractmethod",
    "cache",
    "lru_cache",
    "cached_property",
    "runtime_checkable",
}


class Module:
    """A module's source and tree; spans in characters, where `ast` counts bytes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._lines = source.splitlines(keepends=True)

    def span(self, node: ast.AST) -> Span:
        return Span(
            self._point(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self._point(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def _point(self, line: int, offset: int) -> Point:
        return line, len(self._lines[line - 1].encode()[:offset].decode())

    def text(self, span: Span) -> str:
        return self.source[self._index(span.start) : self._index(span.end)]

    def replaced(self, span: Span, text: str) -> str:
        return self.source[: self._index(span.start)] + text + self.source[self._index(span.end) :]

    def _index(self, point: Point) -> int:
        return sum(len(line) for line in self._lines[: point[0] - 1]) + point[1]

    def quiet(self) -> list[Span]:
        """Where no fault is planted: annotations, docstrings, log lines, and what only checkers read."""
        return [self.span(node) for node in ast.walk(self.tree) for node in _quiet(node)]

    def functions(self) -> dict[str, Span]:
        """Spans by qualified name; what lies in none of them runs at import."""
        return dict(self._functions(self.tree, ""))

    def _functions(self, node: ast.AST, prefix: str) -> Iterator[tuple[str, Span]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                if not isinstance(child, ast.ClassDef):
                    yield name, self.span(child)
                yield from self._functions(child, f"{name}.")
            else:
                yield from self._functions(child, prefix)


def _quiet(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from ([node.returns] if node.returns else [])
        yield from (one for one in node.decorator_list if _name(one) in _SILENT)
    if isinstance(node, ast.arg) and node.annotation:
        yield node.annotation
    if isinstance(node, ast.AnnAssign):
        yield node.annotation
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert):
        yield node
    if isinstance(node, ast.Call) and _logs(node):
        yield node
    if isinstance(node, ast.Assign) and any(_name(target) in ("log", "__all__") for target in node.targets):
        yield node
    if isinstance(node, ast.Call) and _name(node.func) in ("cast", "TypeVar", "NewType"):
        yield node
    if isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING":
        yield node
    if isinstance(node, ast.Raise):  # the wording; which error is raised is another matter
        yield from (one for one in ast.walk(node) if isinstance(one, ast.Constant) and " " in str(one.value))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _logs(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and _name(call.func.value) in ("log", "logging", "logger")


def edits(module: Module) -> Iterator[Edit]:
    for node in ast.walk(module.tree):
        yield from _of_statement(module, node)
        yield from _of_expression(module, node)


def _of_statement(module: Module, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, _DROPPED) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await)
    ):
        yield Edit("statement left out", module.span(node), "pass")
    if isinstance(node, ast.Assign) and all(
        isinstance(t, ast.Attribute | ast.Subscript) for t in node.targets
    ):
        yield Edit("statement left out", module.span(node), "pass")
    if isinstance(node, ast.Return):
        if node.value is None:
            yield Edit("statement left out", module.span(node), "pass")
        elif not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield Edit("returns nothing", module.span(node), "return None")


def _of_expression(module: Module, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Call):
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        for keyword in node.keywords:
            if keyword.arg is not None:
                yield _without(module, node, keyword)
        if len(arguments) == 1 and _name(node.func) in ("tuple", "list", "frozenset", "set", "reversed"):
            yield Edit(
                "conversion left out", module.span(node), f"({module.text(module.span(arguments[0]))})"
            )
    if isinstance(node, ast.Name | ast.Attribute) and _name(node) in _SWAPPED:
        span, old = module.span(node), _name(node)
        if isinstance(node.ctx, ast.Load):
            start = (span.end[0], span.end[1] - len(old))
            yield Edit("function swapped", Span(start, span.end), _SWAPPED[old])
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield Edit("entry left out", Span(module.span(key).start, module.span(value).end), "**{}")
    if isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield Edit("filter left out", module.span(condition), "True")
    if isinstance(node, ast.BoolOp):
        for operand in node.values:
            neutral = "True" if isinstance(node.op, ast.And) else "False"
            yield Edit("condition left out", module.span(operand), neutral)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        span = module.span(node)
        if module.text(span)[:1] in ("'", '"') and node.value:
            yield Edit("text changed", span, repr(f"{node.value}~"))


def _without(module: Module, call: ast.Call, keyword: ast.keyword) -> Edit:
    """The argument left out, with the comma behind it where they touch."""
    span = module.span(keyword)
    touching = Span(span.end, (span.end[0], span.end[1] + 1))
    end = touching.end if module.text(touching) == "," else span.end
    return Edit("argument left out", Span(span.start, end), "")
