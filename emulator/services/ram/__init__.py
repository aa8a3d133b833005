"""RAM: roles and policies."""

SERVICES = ("ram",)
