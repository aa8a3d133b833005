"""Slots of FC: custom domains, of both versions."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, SlotForm

FORMS: Final[Forms] = {version: SlotForm(OWN_NAME) for version in ("3.0", "2.0")}
