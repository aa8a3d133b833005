"""The command `certdeploy`, and `python -m certdeploy`."""

import os
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
#: In a clone, and where one is installed with `pip install -e`, the folders are beside this one.
APP = _HERE / "_app" if (_HERE / "_app").is_dir() else _HERE.parent


def main() -> int:
    """Run one command and return its exit code."""
    sys.path.insert(0, str(APP))
    # The functions of `serve`, and the processes of `demo`, are started with this.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(APP), os.environ.get("PYTHONPATH"))))
    from cli.entry import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
