"""Slots of DDOS: domains of web rules."""

from typing import Final

from shared.products.kit.forms import NAME, Forms, SlotForm

FORMS: Final[Forms] = {"": SlotForm(NAME, f"(?:{NAME})?")}
