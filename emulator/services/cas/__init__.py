"""CAS: the certificates."""

SERVICES = ("cas",)
