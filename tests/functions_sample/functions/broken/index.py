"""Does not load."""

import no_such_module  # noqa: F401


def handler(event, context):
    return None
