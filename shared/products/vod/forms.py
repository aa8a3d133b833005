"""Slots of VOD: domains."""

from typing import Final

from shared.products.kit.forms import OF_DOMAINS, Forms

FORMS: Final[Forms] = OF_DOMAINS
