"""Slots of MSE: domains of gateways."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, SlotForm

_GATEWAY: Final = "gw-[0-9a-z-]+"
FORMS: Final[Forms] = {"": SlotForm(rf"{_GATEWAY}/(?:\*|{OWN_NAME})", _GATEWAY)}
