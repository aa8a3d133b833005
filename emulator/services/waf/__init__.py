"""WAF."""

SERVICES = ("waf_openapi",)
