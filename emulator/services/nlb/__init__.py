"""NLB."""

SERVICES = ("nlb",)
