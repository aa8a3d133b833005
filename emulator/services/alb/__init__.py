"""ALB."""

SERVICES = ("alb",)
