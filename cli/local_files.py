"""Where this machine keeps what belongs to a state: who serves it, and the queue of a `serve`.

Beside a state file; for one in Tablestore in a folder of its own, `CERTDEPLOY_LOCAL` or ~/.certdeploy.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from shared.state.tablestore_address import SCHEME, is_address


def beside(state: str, suffix: str, environ: Mapping[str, str] = os.environ) -> Path:
    """The file with this suffix. Its folder is there, and only its owner's if it was made here."""
    if not is_address(state):
        return Path(f"{state}{suffix}")
    folder = Path(environ.get("CERTDEPLOY_LOCAL") or Path.home() / ".certdeploy")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{re.sub('[^A-Za-z0-9.-]+', '_', state.removeprefix(SCHEME))}{suffix}"
