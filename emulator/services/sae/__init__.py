"""SAE."""

SERVICES = ("sae",)
