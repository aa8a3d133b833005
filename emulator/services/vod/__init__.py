"""VOD."""

SERVICES = ("vod",)
