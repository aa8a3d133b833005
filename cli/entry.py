"""The way into the command: `certdeploy emulator` loads the emulator alone, all else loads everything.

What deploys takes two seconds and 100 MB to load, which nobody wants of a cloud for tests.
"""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if list(sys.argv[1:] if argv is None else argv)[:1] == ["emulator"]:
        from cli import emulator_alone

        return emulator_alone.main(argv)
    from cli import main as whole

    return whole.main(argv)
