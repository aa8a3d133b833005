"""What several emulated products are made of. No service of its own."""
