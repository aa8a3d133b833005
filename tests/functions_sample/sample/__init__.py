"""Stands for the package that functions share: proves that it is found beside functions/."""

GREETING = "found"
