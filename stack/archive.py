"""Zip files that depend on nothing but what is in them: the same files make the same bytes, anywhere."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

Files = Mapping[str, bytes]  #: by their names in the archive, with "/"

_BEGUN: Final = (1980, 1, 1, 0, 0, 0)  #: the earliest time that a zip file can name
_MODE: Final = 0o644 << 16
_DIGITS: Final = 12


def digest(files: Files) -> str:
    """Of the content: what an object is named by, so that what is there already is not uploaded again."""
    summed = hashlib.sha256()
    for name in sorted(files):
        summed.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return summed.hexdigest()[:_DIGITS]


def write(path: Path, files: Files) -> None:
    """Write the archive. An interruption leaves no file of that name."""
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _BEGUN)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
            archive.writestr(entry, files[name], compresslevel=9)
    unfinished.replace(path)
