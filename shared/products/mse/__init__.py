"""MSE: domains of cloud-native gateways."""
