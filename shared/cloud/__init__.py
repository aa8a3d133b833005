"""The cloud as the functions reach it: signed calls, credentials, pace, invocations, TLS."""
