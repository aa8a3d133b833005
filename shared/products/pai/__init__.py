"""PAI: domains of EAS dedicated gateways."""
