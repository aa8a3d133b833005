"""What we do: one verb a module. Each takes the `World` and a request or event, and may be called twice."""
