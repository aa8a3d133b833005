"""The code object: what the functions share, and each function as a module of its own.

One object serves all functions: they differ in their handler, `deploy_cdn.handler`, and in what their role
may do.
"""

from __future__ import annotations

from pathlib import Path

from shared.errors import InvalidRequestError


def code_of(repository: Path) -> dict[str, bytes]:
    """The files of `shared`, and `functions/<name>/index.py` as `<name>.py`.

    Raises:
        InvalidRequestError: this is no clone of the repository, or two would be of one name.
    """
    functions = sorted((repository / "functions").glob("*/index.py"))
    if not functions:
        raise InvalidRequestError(f"{repository} holds no functions: package from a clone of the repository")
    shared = repository / "shared"
    files = {
        path.relative_to(repository).as_posix(): path.read_bytes()
        for path in sorted(shared.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    return {**files, **{f"{path.parent.name}.py": path.read_bytes() for path in functions}}
