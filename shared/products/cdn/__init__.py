"""CDN: accelerated domains."""
