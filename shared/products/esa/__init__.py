"""ESA: certificates of sites, and SaaS hostnames."""
