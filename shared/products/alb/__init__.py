"""ALB: default and additional certificates of HTTPS and QUIC listeners."""
