"""Slots of DDOS: domains of web rules."""

from typing import Final

from shared.products.kit.forms import NAME, OWN_NAME, Forms, SlotForm

FORMS: Final[Forms] = {"": SlotForm(OWN_NAME, f"(?:{NAME})?")}
