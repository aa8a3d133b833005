"""Answers of OSS that its client library would misread in silence, so that buckets or domains were lost.

It takes an empty answer, and elements of a namespace, for a list without rows, and any word but "true" for
the end of a list. Entities that an answer declares itself it expands.
"""

from typing import Final
from xml.etree import ElementTree

_MOST_BYTES: Final = 16 * 1024 * 1024  #: a page of 1000 buckets has less than one


class MisleadingError(ValueError):
    """Its text says what is wrong, without any of the answer."""

    request_id = "-"


class _Plain(ElementTree.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise MisleadingError("it declares a document type")


def check(answer: bytes) -> None:
    """Of a list. What is no XML is left to the library, which says so itself.

    Raises:
        MisleadingError: it would be misread.
    """
    if not answer.strip():
        raise MisleadingError("it is empty")
    if len(answer) > _MOST_BYTES:
        raise MisleadingError(f"it has more than {_MOST_BYTES} bytes")
    parser = ElementTree.XMLParser(target=_Plain())  # noqa: S314 - declares nothing, see _Plain
    try:
        parser.feed(answer)
        root = parser.close()
    except ElementTree.ParseError:
        return
    if any(element.tag.startswith("{") for element in root.iter()):
        raise MisleadingError("it has elements of a namespace")
    if (root.findtext("IsTruncated") or "false").strip().lower() not in ("true", "false"):
        raise MisleadingError("IsTruncated: true or false was expected")
    lists = root.findall("Buckets")
    if len(lists) > 1 or any((found.text or "").strip() for found in lists):
        raise MisleadingError("Buckets: one list was expected")
