"""The stack on Function Compute: what is uploaded for its functions.

Knows the repository's files and pip; nothing of what the functions do.
"""
