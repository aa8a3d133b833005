"""AWS: what moto does not keep."""

SERVICES = ("aws",)
