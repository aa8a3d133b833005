"""The use cases, one verb per module. Each takes the `World` and a request or event, and is idempotent."""
