"""Live: streaming domains."""
