"""Function Compute 3.0, and 2.0 by both of its APIs."""

SERVICES = ("fc", "fc2", "fc_open")
