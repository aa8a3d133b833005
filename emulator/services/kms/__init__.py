"""KMS."""

SERVICES = ("kms",)
