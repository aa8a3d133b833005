"""Wheels: fetched with pip for the runtime, which need not be the one that runs here, and unpacked."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from shared.errors import AppError, InvalidRequestError
from stack.locks import Locked
from stack.standing_in import NEEDED_BY_THEM, STOOD_FOR
from stack.target import Target

#: Published as source only. Both are pure Python, so their wheel, built here, fits every runtime.
FROM_SOURCE: Final = ("alibabacloud-tea", "aliyun-fc2")
#: Asked for by a dependency, but never imported: pycryptodome and crcmod by OSS's SDK, for encryption on the
#: client; pycparser by cffi, to compile.
NOT_IMPORTED: Final = ("pycryptodome", "crcmod", "crcmod-plus", "pycparser")
LEFT_OUT: Final = frozenset((*NOT_IMPORTED, *STOOD_FOR, *NEEDED_BY_THEM))
_USELESS: Final = re.compile(
    r"(^|/)(__pycache__|tests?|testing)/|\.(pyc|pyi|pxd|pyx|c|h|hash)$|\.dist-info/(RECORD|INSTALLER|WHEEL|direct_url)"
)
_UNPACKED: Final = re.compile(r"^[^/]+\.data/(?:purelib|platlib)/")
_TOLD_LINES: Final = 3


class PackagingError(AppError):
    """pip could not fetch or build what is locked."""

    code = "PackagingFailed"


def fetched(wanted: Iterable[Locked], target: Target) -> dict[str, bytes]:
    """The files of the wheels, as they lie in site-packages.

    Raises:
        PackagingError: pip refused; says what it told.
    """
    kept = [one for one in wanted if one.name not in LEFT_OUT]
    with tempfile.TemporaryDirectory(prefix="certdeploy-") as folder:
        wheels = Path(folder)
        binary = [one for one in kept if one.name not in FROM_SOURCE]
        _pip("download", binary, wheels, "--only-binary=:all:", *_for(target))
        _pip("wheel", [one for one in kept if one.name in FROM_SOURCE], wheels)
        return unpacked(sorted(wheels.glob("*.whl")))


def unpacked(wheels: Iterable[Path]) -> dict[str, bytes]:
    """What an import may need of these wheels.

    Raises:
        PackagingError: a wheel that was built here is not for every platform, or two hold the same file.
    """
    files: dict[str, bytes] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                place = _UNPACKED.sub("", name)
                if name.endswith("/") or ".data/" in place or not useful(place):
                    continue
                content = archive.read(name)
                if files.setdefault(place, content) != content:
                    raise PackagingError(f"{wheel.name}: {place} is in another wheel too")
    return files


def useful(name: str) -> bool:
    """Whether an import may need this file of site-packages."""
    return not _USELESS.search(name)


def _for(target: Target) -> list[str]:
    platforms = [f"--platform={one}" for one in target.platforms]
    abis = [f"--abi={one}" for one in (target.tag, "abi3", "none")]
    return [*platforms, "--implementation=cp", f"--python-version={target.version}", *abis]


def _pip(command: str, wanted: Sequence[Locked], into: Path, *options: str) -> None:
    if not wanted:
        return
    stated = into / f"{command}.txt"
    stated.write_text("\n".join(one.line for one in wanted))
    where = {"download": "--dest", "wheel": "--wheel-dir"}[command]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(  # noqa: S603 (the words are ours, and the lock's)
        [*pip, command, "--no-deps", "-r", stated, where, into, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named pip" in done.stderr:
        raise InvalidRequestError("packaging needs pip: python -m ensurepip")
    if done.returncode:
        told = [
            line for line in done.stderr.splitlines() if line.startswith("ERROR")
        ] or done.stderr.splitlines()
        raise PackagingError(f"pip {command} failed: {' '.join(told[:_TOLD_LINES]) or 'it told nothing'}")
