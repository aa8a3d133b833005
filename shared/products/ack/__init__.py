"""ACK: TLS Secrets that an Ingress uses, and AlbConfig listeners, in every cluster."""
