"""The objects: named by content, compiled for their runtime, listed; and no half of them."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from shared.errors import InvalidRequestError
from stack import package as packaging
from stack.bytecode import compiled, interpreter_of
from stack.installed import HERE
from stack.locks import Locked
from stack.package import Packaged, package
from stack.target import Target

ROOT = Path(__file__).parents[3]
OTHER = Target("3.12" if HERE.version == "3.10" else "3.10")


def fetching(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What pip would fetch, whatever is asked for."""
    files = {"box/__init__.py": b"BOXES = {'a', 'b', 'c', 'd'}\nin_it = 'a' in {'a', 'b', 'c', 'd'}\n"}

    def fetched(wanted: Iterable[Locked], target: Target) -> dict[str, bytes]:
        return dict(files) if any(one.name in ("tablestore", "boto3") for one in wanted) else {}

    monkeypatch.setattr(packaging, "fetched", fetched)
    return files


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    return fetching(monkeypatch)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """Of this clone, once."""
    with pytest.MonkeyPatch.context() as patch:
        fetching(patch)
        return package(ROOT, HERE, tmp_path_factory.mktemp("made"))


def contents(made: Packaged) -> dict[str, dict[str, bytes]]:
    read = {}
    for one in made.objects:
        with zipfile.ZipFile(one.path) as archive:
            read[one.kind] = {name: archive.read(name) for name in archive.namelist()}
    return read


@pytest.mark.long
def test_the_same_clone_makes_the_same_bytes(
    tmp_path: Path, made: Packaged, wheels: dict[str, bytes]
) -> None:
    again = package(ROOT, HERE, tmp_path)

    assert contents(made) == contents(again)
    assert [one.path.name for one in made.objects] == [one.path.name for one in again.objects]


@pytest.mark.long
def test_another_content_has_another_name(tmp_path: Path, made: Packaged, wheels: dict[str, bytes]) -> None:
    before = {one.kind: one.path.name for one in made.objects}
    wheels["box/more.py"] = b""
    after = {one.kind: one.path.name for one in package(ROOT, HERE, tmp_path).objects}

    assert {kind for kind in before if before[kind] != after[kind]} == {"layer", "layer-aws"}


@pytest.mark.long
def test_what_it_made_is_listed_for_each_runtime(tmp_path: Path, wheels: dict[str, bytes]) -> None:
    both = [package(ROOT, one, tmp_path) for one in (HERE, OTHER)]

    assert json.loads((tmp_path / "objects.json").read_text()) == {
        f"python{one.target.version}": {each.kind: each.path.name for each in one.objects} for one in both
    }


def test_modules_are_there_compiled_under_the_platform_s_paths(made: Packaged) -> None:
    read, tag = contents(made), sys.implementation.cache_tag
    assert made.compiled
    module = read["layer"][f"python/box/__pycache__/__init__.{tag}.pyc"]
    assert module[4:8] == b"\1\0\0\0", "taken without a look at the source (PEP 552)"
    assert b"/opt/python/box/__init__.py" in module
    assert b"/code/deploy_cdn.py" in read["code"][f"__pycache__/deploy_cdn.{tag}.pyc"]
    assert {name.removesuffix(".py") for name in read["code"] if name.count("/") == 0} == {
        path.parent.name for path in (ROOT / "functions").glob("*/index.py")
    }


def test_without_a_python_of_the_runtime_nothing_is_compiled(
    tmp_path: Path, wheels: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = tmp_path / f"python{OTHER.version}"
    launcher.write_text("#!/bin/sh\nexit 127\n")
    launcher.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    made = package(ROOT, OTHER, tmp_path / "out")

    assert (interpreter_of(OTHER), made.compiled) == (None, False)
    assert not [name for files in contents(made).values() for name in files if name.endswith(".pyc")]


def test_the_order_of_sets_is_the_same_in_each_compiled_module() -> None:
    """Python 3.10 writes them by their hashes, which differ from process to process; later ones sort them."""
    source = {"box.py": b"in_it = 'a' in {'a', 'b', 'c', 'd', 'e', 'f', 'g'}\n"}

    made = [compiled(source, sys.executable, "/code") for _ in range(4)]

    assert all(one == made[0] for one in made)
    assert len(made[0]) == 2


def test_outside_a_clone_it_is_refused_and_nothing_is_written(
    tmp_path: Path, wheels: dict[str, bytes]
) -> None:
    with pytest.raises(InvalidRequestError, match="package from a clone of the repository"):
        package(tmp_path, HERE, tmp_path / "out")

    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_the_command_names_what_it_made_and_refuses_other_runtimes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "package", "--python", "3.9", "--out", str(tmp_path / "out")]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (done.returncode, done.stderr) == (2, "certdeploy: --python 3.9: choose one of 3.10, 3.12\n")
    assert not (tmp_path / "out").exists()
