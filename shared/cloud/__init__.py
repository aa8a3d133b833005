"""Clients of the cloud: signed calls, credentials, pacing, invocations, TLS."""
