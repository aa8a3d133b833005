"""SLB (CLB): certificates of HTTPS listeners, and of their domain extensions."""
