"""API Gateway: domains of classic API groups, and of cloud-native gateways."""
