"""Measured against floors: what a deployment costs in calls and time, and what a function costs to start."""
