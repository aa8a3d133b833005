"""Simple Log Service."""

SERVICES = ("sls",)
