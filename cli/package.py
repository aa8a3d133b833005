"""`certdeploy package`: make what a stack's functions run from."""

from pathlib import Path
from typing import Annotated

import typer

from cli import output
from stack.package import Packaged
from stack.package import package as make
from stack.target import VERSIONS, target_of

REPOSITORY = Path(__file__).resolve().parent.parent
_MB = 1_000_000
_MEANT = {
    "code": "all functions and what they share",
    "layer": "their dependencies",
    "layer-aws": "more, where the product AWS is looked after",
}


def package(
    python: Annotated[
        str, typer.Option(help=f"Package for this runtime of Function Compute: {' or '.join(VERSIONS)}.")
    ] = VERSIONS[0],
    out: Annotated[Path, typer.Option(help="Write the objects to this folder.")] = Path("dist"),
) -> None:
    """Make the layers and the code object that functions on Function Compute run from.

    It packages this clone of the repository, or what is installed, on any machine: neither a compiler nor
    Docker is needed. The same sources make the same bytes; each object is named by its content."""
    made = make(REPOSITORY, target_of(python), out)
    _show(made)


def _show(made: Packaged) -> None:
    for one in made.objects:
        size, unpacked = one.size / _MB, one.unpacked / _MB
        print(f"{one.path}  {size:.1f} MB, {unpacked:.1f} unpacked: {_MEANT[one.kind]}")
    tell_uncompiled(made)


def tell_uncompiled(made: Packaged) -> None:
    """Of what was not compiled, so that who deploys it knows."""
    if not made.compiled:
        version = made.target.version
        output.tell(
            f"certdeploy: python{version} is not on this machine, so nothing was compiled for it:"
            " functions take about twice as long to start"
        )
