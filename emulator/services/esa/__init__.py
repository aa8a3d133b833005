"""ESA."""

SERVICES = ("esa",)
