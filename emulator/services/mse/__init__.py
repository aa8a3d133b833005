"""MSE."""

SERVICES = ("mse",)
