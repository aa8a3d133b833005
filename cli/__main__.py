"""`python -m cli`, the same as the command `certdeploy`."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.exit(main())
