"""Make the objects of a stack: a layer of dependencies, one more for AWS, and the code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stack import archive
from stack.archive import Files
from stack.bytecode import compiled, interpreter_of
from stack.code import code_of
from stack.locks import locked
from stack.standing_in import stand_ins
from stack.target import Target
from stack.wheels import fetched

LOCK: Final = "requirements-functions.lock"
AWS_LOCK: Final = "requirements-functions-aws.lock"
MANIFEST: Final = "objects.json"
_IN_LAYER: Final = "python/"  #: the platform unpacks a layer to /opt, and has /opt/python on the path
_PLACES: Final = {"layer": "/opt/python", "layer-aws": "/opt/python", "code": "/code"}


@dataclass(frozen=True)
class Object:
    kind: str  #: "layer", "layer-aws" or "code"
    path: Path
    unpacked: int  #: bytes

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return self.path.stat().st_size


@dataclass(frozen=True)
class Packaged:
    target: Target
    objects: tuple[Object, ...]
    compiled: (
        bool  #: False: this machine has no Python of the runtime's version, so functions compile at start
    )


def package(repository: Path, target: Target, out: Path) -> Packaged:
    """Write the archives to `out`, named by kind, version and content, and `objects.json`, which lists them.

    Raises:
        InvalidRequestError: this is no clone of the repository.
        PackagingError: pip could not fetch what is locked.
    """
    contents = {
        "code": code_of(repository),  # first: it says whether this is a clone
        "layer": {**fetched(locked(repository / LOCK, target), target), **stand_ins()},
        "layer-aws": fetched(locked(repository / AWS_LOCK, target), target),
    }
    interpreter = interpreter_of(target)
    if interpreter:
        contents = {kind: compiled(files, interpreter, _PLACES[kind]) for kind, files in contents.items()}
    out.mkdir(parents=True, exist_ok=True)
    objects = tuple(_written(kind, files, target, out) for kind, files in contents.items())
    _list(objects, target, out)
    return Packaged(target, objects, interpreter is not None)


def _written(kind: str, files: Files, target: Target, out: Path) -> Object:
    placed: Mapping[str, bytes] = files
    if kind != "code":
        placed = {_IN_LAYER + name: content for name, content in files.items()}
    path = out / f"{kind}-{target.version}-{archive.digest(placed)}.zip"
    archive.write(path, placed)
    return Object(kind, path, sum(map(len, placed.values())))


def _list(objects: tuple[Object, ...], target: Target, out: Path) -> None:
    """One list for each runtime; what an earlier run made for others stays."""
    path = out / MANIFEST
    known = json.loads(path.read_text()) if path.exists() else {}
    known[f"python{target.version}"] = {one.kind: one.path.name for one in objects}
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
