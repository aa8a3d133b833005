"""WAF: domains in CNAME access, the default certificate of an instance, and ports of cloud resources."""
