"""Tablestore."""

SERVICES = ("tablestore", "ots_control")
