"""Slots of ESA: certificates of sites, and custom host names. Ids of both are numbers."""

from typing import Final

from shared.products.kit.forms import ID, Forms, Names, SlotForm

_SITE: Final = "[0-9]+"
FORMS: Final[Forms] = {
    "site": SlotForm(f"{_SITE}/{ID}", _SITE, ID, regional=False, names=Names.LEAF),
    "hostname": SlotForm("[0-9]+", _SITE, regional=False, names=Names.LOOK),
}
