"""Anti-DDoS."""

SERVICES = ("ddoscoo",)
