"""Slots of API Gateway: domains of API groups, and of the cloud-native gateways."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, Names, SlotForm

_GROUP: Final = "[0-9a-f]{8,64}"
_DOMAIN: Final = "d-[0-9a-z-]+"
FORMS: Final[Forms] = {
    "classic": SlotForm(f"{_GROUP}/{OWN_NAME}", _GROUP),
    "cloud-native": SlotForm(_DOMAIN, _DOMAIN, names=Names.LOOK),
}
