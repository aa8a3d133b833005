"""What the functions import: domain, services, products, state, cloud, runtime."""
