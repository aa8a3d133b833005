"""Slots of ALB: certificates of listeners."""

from typing import Final

from shared.products.kit.forms import ROLE, Forms, SlotForm

_LISTENER: Final = "lsn-[0-9a-z-]+"
FORMS: Final[Forms] = {"": SlotForm(f"{_LISTENER}/{ROLE}", "alb-[0-9a-z-]+", _LISTENER)}
