"""The locked dependencies that a runtime needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from shared.errors import InvalidRequestError
from stack.target import Target


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    hashes: tuple[str, ...]  #: "sha256:…" of its wheels and of its source

    @property
    def line(self) -> str:
        """As pip reads it."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={one}" for one in self.hashes)])


def locked(path: Path, target: Target) -> list[Locked]:
    """The lines of a lock file (pip's format, by `uv pip compile --universal`) that hold for the runtime.

    Raises:
        InvalidRequestError: a line is no requirement of one version.
    """
    found = []
    for line in path.read_text().replace("\\\n", " ").splitlines():
        stated, *options = line.partition("#")[0].split(" --hash=")
        if not stated.strip():
            continue
        try:
            requirement = Requirement(stated.strip())
            (version,) = requirement.specifier
        except (InvalidRequirement, ValueError) as error:
            raise InvalidRequestError(
                f"{path.name}: {stated.strip()}: not one version of a package"
            ) from error
        if requirement.marker is None or requirement.marker.evaluate(target.markers):
            hashes = tuple(option.strip() for option in options)
            found.append(Locked(requirement.name, version.version, hashes))
    return found
