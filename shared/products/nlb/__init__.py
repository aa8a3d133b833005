"""NLB: default and additional certificates of TCPSSL listeners."""
