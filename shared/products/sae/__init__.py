"""SAE: routing rules (ingresses) on ALB and on CLB."""
