"""Function Compute: custom domains of 3.0 and 2.0."""
