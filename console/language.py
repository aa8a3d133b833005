"""The language of the console's own words: chosen in the page, or else as the browser prefers.

Sentences of the services (reasons, concerns, errors) are the same as on the command line: English.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from console.texts import ja, ja_doing, ja_settings, zh, zh_doing, zh_settings

ENGLISH: Final = "en"
#: As each calls itself.
LANGUAGES: Final = {ENGLISH: "English", "zh": "中文", "ja": "日本語"}
COOKIE: Final = "certdeploy-language"
#: By the English text.
CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {
    ENGLISH: MappingProxyType({}),
    "zh": {**zh.CHINESE, **zh_doing.CHINESE, **zh_settings.CHINESE},
    "ja": {**ja.JAPANESE, **ja_doing.JAPANESE, **ja_settings.JAPANESE},
}


def chosen(asked: str, kept: str, accepted: str) -> str:
    """`asked`: in this request; `kept`: in the cookie; `accepted`: the header Accept-Language."""
    for one in (asked, kept, *_preferred(accepted)):
        if one in LANGUAGES:
            return one
    return ENGLISH


def _preferred(header: str) -> list[str]:
    """The languages of the header, the best first."""
    ranked: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.partition(";")
        try:
            rank = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if rank > 0:
            ranked.append((rank, tag.strip().partition("-")[0].lower()))
    return [tag for _, tag in sorted(ranked, key=lambda one: -one[0])]


def text(language: str, english: str, **values: object) -> str:
    """In this language; what is missing there is told in English."""
    found = CATALOGUES[language].get(english, english)
    return found.format(**values) if values else found
