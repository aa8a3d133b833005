"""EventBridge."""

SERVICES = ("eventbridge",)
