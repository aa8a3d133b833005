"""As `walk`, for answers in XML: each element absent, empty, odd, of another word, or there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Final
from xml.etree import ElementTree

Element = ElementTree.Element
Path = tuple[str, ...]


def _odd(parent: Element, child: Element) -> None:
    """A text where elements were, and the other way round."""
    if len(child):
        child[:] = []
        child.text = "odd"
    else:
        child.text = None
        ElementTree.SubElement(child, "odd").text = "1"


def _empty(parent: Element, child: Element) -> None:
    child[:] = []
    child.text = None


INSTEAD: Final[dict[str, Callable[[Element, Element], object]]] = {
    "absent": lambda parent, child: parent.remove(child),
    "empty": _empty,
    "odd": _odd,
    "a new word": lambda parent, child: setattr(child, "text", "a-new-word"),
    "twice": lambda parent, child: parent.append(deepcopy(child)),
}


def paths(answer: bytes) -> list[Path]:
    """Of each element, through the first of those of one name."""
    return list(_within(_read(answer)))


def replaced(answer: bytes, path: Path, how: str) -> bytes:
    """In the first of the elements of one name; as it is where there is none."""
    root = _read(answer)
    parent: Element | None = root
    for name in path[:-1]:
        parent = parent.find(name) if parent is not None else None
    child = parent.find(path[-1]) if parent is not None else None
    if parent is None or child is None:
        return answer
    INSTEAD[how](parent, child)
    return ElementTree.tostring(root)


def plain(path: Path) -> str:
    """Without namespaces: `Buckets/Bucket`."""
    return "/".join(name.rpartition("}")[2] for name in path)


def _within(element: Element) -> Iterator[Path]:
    for name in dict.fromkeys(child.tag for child in element):
        yield (name,)
        first = element.find(name)
        assert first is not None
        yield from ((name, *path) for path in _within(first))


def _read(answer: bytes) -> Element:
    return ElementTree.fromstring(answer)
