"""Anti-DDoS: domains of web rules."""
