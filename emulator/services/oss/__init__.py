"""OSS."""

SERVICES = ("oss",)
