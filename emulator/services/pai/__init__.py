"""PAI: EAS."""

SERVICES = ("eas",)
