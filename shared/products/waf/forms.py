"""Slots of WAF: domains, ports of instances behind it, and the default of a whole WAF."""

from typing import Final

from shared.products.kit.forms import ID, NAME, ROLE, Forms, SlotForm

FORMS: Final[Forms] = {
    "domain": SlotForm(NAME, ID),
    "port": SlotForm(f"{ID}(?:/{ROLE})?", ID, f"(?:{ID})?"),
    "default": SlotForm("default-https", ID),
}
