"""Validates data from outside: returns our values, or raises one readable message."""
