"""A stack of template.yml in an account: planned, made, changed, followed, looked at and taken away."""
