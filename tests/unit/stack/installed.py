"""The objects as they would be unpacked on the platform, out of what is installed here: no network."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

from stack.code import code_of
from stack.locks import locked
from stack.target import Target
from stack.wheels import NOT_IMPORTED, useful

ROOT = Path(__file__).parents[3]
HERE = Target(f"{sys.version_info[0]}.{sys.version_info[1]}")


def unpack_code(into: Path) -> None:
    for name, content in code_of(ROOT).items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def unpack_layer(lock: str, into: Path) -> None:
    for one in locked(ROOT / lock, HERE):
        if one.name in NOT_IMPORTED:
            continue
        for file in distribution(one.name).files or ():
            if ".." not in file.parts and useful(file.as_posix()):
                _link(Path(str(file.locate())), into / file)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy(source, target)
