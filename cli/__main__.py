"""`python -m cli`, the same as the command `certdeploy`."""

import sys

from cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
