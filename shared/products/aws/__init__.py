"""AWS: ACM certificates, listeners of load balancers, CloudFront distributions."""
