"""Tablestore."""

SERVICES = ("tablestore",)
