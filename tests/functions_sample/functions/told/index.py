"""Keeps what it is told: the events of its rule, its ticks, the failures of others."""

import os


def handler(event, context):
    with open(os.environ["TOLD"], "ab") as file:
        file.write(event + b"\n")
