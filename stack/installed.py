"""The objects as the platform would unpack them, out of what is installed here: no network, no archives."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from stack.code import code_of
from stack.locks import locked
from stack.standing_in import stand_ins
from stack.target import Target
from stack.wheels import LEFT_OUT, useful

HERE: Final = Target(f"{sys.version_info[0]}.{sys.version_info[1]}")


def unpack_code(repository: Path, into: Path) -> None:
    _write(code_of(repository), into)


def unpack_layer(lock: Path, into: Path) -> None:
    for one in locked(lock, HERE):
        if one.name in LEFT_OUT:
            continue
        for file in distribution(one.name).files or ():
            if ".." not in file.parts and useful(file.as_posix()):
                _link(Path(str(file.locate())), into / file)
    _write(stand_ins(), into)


def _write(files: dict[str, bytes], into: Path) -> None:
    for name, content in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy(source, target)
