"""Slots of NLB: certificates of listeners."""

from typing import Final

from shared.products.kit.forms import ROLE, Forms, SlotForm

_LISTENER: Final = "lsn-[0-9a-z-]+(?:@[0-9]{1,5})?"
FORMS: Final[Forms] = {"": SlotForm(f"{_LISTENER}/{ROLE}", "nlb-[0-9a-z-]+", _LISTENER)}
