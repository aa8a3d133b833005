"""Slots of CLB: the default of a listener, and its domain extensions."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, SlotForm

_BALANCER: Final = "[0-9a-z]+(?:-[0-9a-z-]+)+"  # lb-…; older ones are named by their region
_LISTENER: Final = f"{_BALANCER}/[0-9]{{1,5}}"
FORMS: Final[Forms] = {"": SlotForm(f"{_LISTENER}/(?:default|{OWN_NAME})", _BALANCER, _LISTENER)}
