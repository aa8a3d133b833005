"""Does not load; where the environment says LEAVE, it ends its process instead."""

import os
import sys

if os.environ.get("LEAVE"):
    sys.exit("leaving on import")

import no_such_module  # noqa: F401


def handler(event, context):
    return None
