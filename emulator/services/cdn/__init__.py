"""CDN."""

SERVICES = ("cdn",)
