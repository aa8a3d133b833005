"""DCDN: accelerated domains."""
