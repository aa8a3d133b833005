"""Slots of WAF: domains, ports of instances behind it, and the default of a whole WAF."""

from typing import Final

from shared.products.kit.forms import ID, OWN_NAME, ROLE, Forms, SlotForm

FORMS: Final[Forms] = {
    "domain": SlotForm(OWN_NAME, ID),
    "port": SlotForm(f"{ID}(?:/{ROLE})?", ID, f"(?:{ID})?"),
    "default": SlotForm("default-https", ID),
}
