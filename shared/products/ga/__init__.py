"""GA: default and per-domain certificates of HTTPS listeners."""
