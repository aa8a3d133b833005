"""Slots of MSE: domains of gateways."""

from typing import Final

from shared.products.kit.forms import NAME, Forms, SlotForm

_GATEWAY: Final = "gw-[0-9a-z-]+"
FORMS: Final[Forms] = {"": SlotForm(f"{_GATEWAY}/{NAME}", _GATEWAY)}
