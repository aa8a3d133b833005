"""The archives that functions and layers were made from, each kept once, by what is in it."""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from emulator.api import ApiError
from emulator.services.fc.model import Code
from emulator.services.fc.wire import invalid

#: The vendor's limits of an archive that comes along, and of one in OSS.
BY_VALUE, BY_OBJECT = 100 << 20, 500 << 20
Objects = Callable[[str, str], bytes]  #: bucket and key to content; raises ApiError


def taken(code: Any, objects: Objects) -> bytes:
    """The archive that `code` of a request names or holds.

    Raises:
        ApiError: there is none, or it is no archive. Codes but InvalidArgument are [guess].
    """
    if not isinstance(code, dict):
        raise invalid("code takes zipFile, or ossBucketName and ossObjectName")
    bucket, key, inline = (code.get(name) for name in ("ossBucketName", "ossObjectName", "zipFile"))
    if inline:
        try:
            content = base64.b64decode(inline, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise invalid("zipFile takes an archive in base64") from None
    elif bucket and key:
        content = _of_oss(objects, bucket, key)
    else:
        raise invalid("code takes zipFile, or ossBucketName and ossObjectName")
    most = BY_VALUE if inline else BY_OBJECT
    if len(content) > most:
        raise ApiError(400, "CodeSizeExceeded", f"The code is larger than {most} bytes.")
    _check(content)
    return content


def _of_oss(objects: Objects, bucket: str, key: str) -> bytes:
    try:
        return objects(bucket, key)
    except ApiError as error:
        why = f"the object {key} of the bucket {bucket} cannot be read: {error.code}"
        raise invalid(why) from None


def _check(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        raise invalid("the code is not a ZIP archive") from None
    for name in names:
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise invalid("the archive has a path that leads out of it")


class Archives:
    """By digest."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def add(self, content: bytes) -> Code:
        code = Code(sha256(content).hexdigest(), len(content))
        self._contents.setdefault(code.digest, content)
        return code

    def unpack(self, digest: str, folder: Path) -> None:
        with zipfile.ZipFile(io.BytesIO(self._contents[digest])) as archive:
            archive.extractall(folder)

    def keep_only(self, used: set[str]) -> None:
        """Forget the others."""
        self._contents = {digest: content for digest, content in self._contents.items() if digest in used}
