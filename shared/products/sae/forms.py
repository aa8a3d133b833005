"""Slots of SAE: certificates of ingresses on ALB, the one of those on CLB. The ids of rules are numbers."""

from typing import Final

from shared.products.kit.forms import ID, Forms, SlotForm

_RULE, _BALANCER = "[0-9]+", f"(?:{ID})?"
FORMS: Final[Forms] = {kind: SlotForm(f"{_RULE}(?:/{ID})?", _BALANCER, _RULE) for kind in ("alb", "clb")}
