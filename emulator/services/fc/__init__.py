"""Function Compute 3.0 and 2.0."""

SERVICES = ("fc", "fc2")
