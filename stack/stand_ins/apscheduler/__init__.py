"""Stands for APScheduler in the layer.

The SDK of credentials imports it to ask an ECS instance for its role again and again. A function has its
credentials from the platform.
"""
