"""What is true, whatever the cloud, the store or the clock: pure values and rules."""
