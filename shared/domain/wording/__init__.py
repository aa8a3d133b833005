"""What messages say, by language: one module each, all with the same texts."""

from collections.abc import Mapping
from typing import Final

from shared.domain.contacts import Language
from shared.domain.wording import en, ja, zh

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.EN: en.TEXTS,
    Language.ZH: zh.TEXTS,
    Language.JA: ja.TEXTS,
}
