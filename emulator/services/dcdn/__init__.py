"""DCDN."""

SERVICES = ("dcdn",)
