"""Live."""

SERVICES = ("live",)
