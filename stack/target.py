"""The runtimes of Function Compute that functions can be packaged for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.errors import InvalidRequestError

VERSIONS: Final = ("3.10", "3.12")


@dataclass(frozen=True)
class Target:
    """A runtime python3.10 (Debian 10) or python3.12 (Debian 11), x86-64."""

    version: str  #: "3.10"

    @property
    def tag(self) -> str:
        """Of wheels: "cp310"."""
        return "cp" + self.version.replace(".", "")

    @property
    def platforms(self) -> tuple[str, ...]:
        """Of wheels: glibc 2.17, which both runtimes have (the vendor recommends to build on Debian 9)."""
        return "manylinux2014_x86_64", "manylinux_2_17_x86_64"

    @property
    def markers(self) -> dict[str, str]:
        """What a lock file's conditions are about (PEP 508). pip would ask the interpreter it runs in."""
        return {
            "python_version": self.version,
            "python_full_version": f"{self.version}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "x86_64",
            "extra": "",
        }


def target_of(version: str) -> Target:
    """Raises InvalidRequestError: no runtime that certdeploy runs on."""
    if version not in VERSIONS:
        raise InvalidRequestError(f"--python {version}: choose one of {', '.join(VERSIONS)}")
    return Target(version)
