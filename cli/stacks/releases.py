"""What a stack is deployed from, and was before: a template, and the objects that its functions run from.

Each is kept in the bucket, beside the objects, once it has been deployed, so that a stack can go back to it
without the clone that it came from. Its id is a digest of what it says.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from cli.stacks.objects import FOLDER, Piece, Store, Stored
from shared.errors import InvalidRequestError, NotFoundError, SettingsError
from stack.package import MANIFEST
from stack.target import target_of

_STEPS: Final = ("code", "layer", "layer-aws")
_ID: Final = re.compile(r"[0-9a-f]{16}")
_ENDING: Final = ".json"


@dataclass(frozen=True)
class Release:
    """`objects`: by kind. `pieces`: those that are here, and are uploaded where the bucket lacks them."""

    template: str = field(repr=False)
    python: str  #: "3.10"
    objects: Mapping[str, Stored]
    version: str
    pieces: tuple[Piece, ...] = field(default=(), compare=False)

    @property
    def content(self) -> bytes:
        told = {
            "Version": self.version,
            "Python": self.python,
            "Objects": {
                kind: {"Key": one.key, "Bytes": one.size, "MD5": one.digest}
                for kind, one in self.objects.items()
            },
            "Template": self.template,
        }
        return (json.dumps(told, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @property
    def id(self) -> str:
        return _id_of(self.content)

    def of_stack(self, name: str) -> Piece:
        """As it is kept."""
        return Piece("release", f"{_folder(name)}{self.id}{_ENDING}", self.content)


def of_clone(template: Path, folder: Path, python: str) -> Release:
    """What `certdeploy package` made for this runtime, and the clone's template.

    Raises:
        InvalidRequestError: there is none.
    """
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))[f"python{python}"]
        paths = {kind: folder / listed[kind] for kind in _STEPS}
    except (OSError, ValueError, LookupError, TypeError):
        raise InvalidRequestError(
            f"{folder} holds no objects for Python {python}; `certdeploy package` makes them"
        ) from None
    if lacking := [path for path in paths.values() if not path.is_file()]:
        raise InvalidRequestError(f"{lacking[0]} is not there; `certdeploy package` makes it")
    pieces = tuple(Piece.of(kind, path) for kind, path in paths.items())
    objects = {piece.kind: piece.stored for piece in pieces}
    return Release(template.read_text(encoding="utf-8"), python, objects, _version(), pieces)


def deployed_before(store: Store, bucket: str, region: str, name: str) -> list[tuple[str, datetime]]:
    """Ids, and when each was deployed last: the latest first."""
    folder = _folder(name)
    found = [
        (key.removeprefix(folder).removesuffix(_ENDING), at) for key, at in store.keys(bucket, region, folder)
    ]
    return sorted((one for one in found if _ID.fullmatch(one[0])), key=lambda one: one[1], reverse=True)


def of_bucket(store: Store, bucket: str, region: str, name: str, release_id: str) -> Release:
    """One that was deployed before, whole.

    Raises:
        NotFoundError: it was not, or not from this bucket.
        SettingsError: it, or an object of it, is not what it was then.
    """
    content = (
        store.get(bucket, region, f"{_folder(name)}{release_id}{_ENDING}")
        if _ID.fullmatch(release_id)
        else None
    )
    if content is None:
        raise NotFoundError(
            "Release",
            release_id,
            f"`certdeploy stack --name {name} --region {region}` lists those of this stack",
        )
    if _id_of(content) != release_id:
        raise SettingsError(f"somebody has changed the release {release_id} in the bucket {bucket}")
    found = _read(content)
    if found is None:
        raise SettingsError(
            f"the release {release_id} is of a version of certdeploy that this one does not know"
        )
    for one in found.objects.values():
        if not store.has(bucket, region, one):
            raise SettingsError(f"{one.key} is not in the bucket {bucket} any more, or is another one")
    return found


def _read(content: bytes) -> Release | None:
    """None: it is in another form."""
    try:
        told: Mapping[str, Any] = json.loads(content)
        rows = {kind: told["Objects"][kind] for kind in _STEPS}
        objects = {kind: Stored(row["Key"], row["Bytes"], row["MD5"]) for kind, row in rows.items()}
        return Release(told["Template"], target_of(told["Python"]).version, objects, told["Version"])
    except (ValueError, LookupError, TypeError, InvalidRequestError):
        return None


def _folder(name: str) -> str:
    return f"{FOLDER}{name}/release-"


def _id_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _version() -> str:
    try:
        return version("certdeploy")
    except PackageNotFoundError:  # run from a clone that was not installed
        return "unknown"
