"""VOD: accelerated domains."""
