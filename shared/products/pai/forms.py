"""Slots of PAI: domains of gateways, in the Internet or in a VPC."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, SlotForm

_GATEWAY: Final = "gw-[0-9a-z-]+"
FORMS: Final[Forms] = {"": SlotForm(f"{_GATEWAY}/{OWN_NAME}/(?:internet|intranet)", _GATEWAY)}
