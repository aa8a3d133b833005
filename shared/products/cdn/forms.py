"""Slots of CDN: domains."""

from typing import Final

from shared.products.kit.forms import NAME, Forms, SlotForm

FORMS: Final[Forms] = {"": SlotForm(NAME, f"(?:{NAME})?", regional=False)}
