"""Slots of GA: the default of a listener, and one for each further domain."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, SlotForm

_LISTENER: Final = "lsr-[0-9a-z-]+"
FORMS: Final[Forms] = {
    "": SlotForm(f"{_LISTENER}/(?:default|additional/{OWN_NAME})", "ga-[0-9a-z-]+", _LISTENER, regional=False)
}
