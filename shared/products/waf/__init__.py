"""WAF: domains in CNAME access, and the default certificate of an instance."""
