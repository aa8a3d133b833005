"""STS."""

SERVICES = ("sts",)
