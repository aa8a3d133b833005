"""Slots of OSS: domains of buckets, which have the region of the bucket beside them."""

from typing import Final

from shared.products.kit.forms import OWN_NAME, Forms, SlotForm

_BUCKET: Final = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"  # a part of the host, as OSS allows it
FORMS: Final[Forms] = {"": SlotForm(f"{_BUCKET}/{OWN_NAME}", _BUCKET, regional=False, located=True)}
