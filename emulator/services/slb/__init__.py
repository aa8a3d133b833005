"""SLB (CLB)."""

SERVICES = ("slb",)
