"""What an XML answer of AWS tells that the SDK's description lacks. The SDK drops it without a word.

Who reads a configuration, changes it and sends it back would so erase every setting that is newer than the
installed SDK.
"""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree  # botocore has parsed the same answer with it

UNKNOWN: Final = "UnknownElements"  #: in the answer: paths, such as "DistributionConfig.NewSetting"


def note_unknown(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
    """A handler of botocore's `after-call` for an action whose answer is one payload."""
    if http_response.status_code >= 300:
        return
    payload = model.output_shape.members[model.output_shape.serialization["payload"]]
    root = ElementTree.fromstring(http_response.content)  # noqa: S314
    parsed[UNKNOWN] = sorted(set(_unknown(root, payload, "")))


def _unknown(element: ElementTree.Element, shape: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        known = {_tag(name, member): member for name, member in shape.members.items()}
        for child in element:
            name = child.tag.rpartition("}")[2]
            here = f"{path}.{name}".lstrip(".")
            if name in known:
                yield from _unknown(child, known[name], here)
            else:
                yield here
    elif shape.type_name == "list":
        for child in [element] if shape.serialization.get("flattened") else element:
            yield from _unknown(child, shape.member, path)


def _tag(name: str, member: Any) -> str:
    return str(member.serialization.get("name", name))
