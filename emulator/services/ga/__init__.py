"""GA."""

SERVICES = ("ga",)
