"""API Gateway: classic, and cloud-native."""

SERVICES = ("cloudapi", "apig")
