"""Names given by people, to certificates in CAS and to deployment jobs."""

from collections.abc import Iterator
from typing import Final

#: For both. Sources differ between 63 and 64; 63 is safe.
MAX_NAME: Final = 63
_CHINESE: Final = (
    (0x2E80, 0x2FDF),
    (0x3000, 0x303F),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)


def certificate_name_problems(name: str) -> Iterator[str]:
    """UploadUserCertificate accepts more than a deployment does; the stricter rule applies."""
    yield from job_name_problems(name)
    if any(is_chinese(char) for char in name):
        yield "it contains Chinese characters, and CAS does not deploy such certificates; use Latin letters"


def job_name_problems(name: str) -> Iterator[str]:
    if not name.strip():
        yield "it is empty; enter a name"
    elif name != name.strip():
        yield "it begins or ends with a space; remove it"
    if len(name) > MAX_NAME:
        yield f"it has {len(name)} characters; use at most {MAX_NAME}"
    if any(not char.isprintable() for char in name):
        yield "it contains control characters or line breaks; remove them"


def is_chinese(char: str) -> bool:
    """The CJK ideographs of Unicode with their extensions, and full-width punctuation."""
    return any(first <= ord(char) <= last for first, last in _CHINESE)
