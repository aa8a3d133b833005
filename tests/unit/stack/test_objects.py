"""The functions load from the code object and the layers alone, in an interpreter that has nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stack.installed import unpack_code, unpack_layer
from stack.package import AWS_LOCK, LOCK
from stack.standing_in import NEEDED_BY_THEM, STOOD_FOR

ROOT = Path(__file__).parents[3]
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))
#: Imported by functions when they need them.
LATER = ["yaml", "fc2", "alibabacloud_oss_v2", "tablestore", "cryptography.x509", "publicsuffixlist"]
LOAD = """
import importlib, json, sys
sys.path[:0] = json.loads(sys.argv[1])
sys.dont_write_bytecode = True
loaded = {}
for name in json.loads(sys.argv[2]):
    try:
        loaded[name] = getattr(importlib.import_module(name), "__file__", "")
    except ImportError as error:
        loaded[name] = f"{type(error).__name__}: {error}"
for name in json.loads(sys.argv[3]):
    assert callable(sys.modules[name].handler), name
print(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the three objects."""
    folders = {kind: tmp_path_factory.mktemp(kind) for kind in ("code", "layer", "layer-aws")}
    unpack_code(ROOT, folders["code"])
    unpack_layer(ROOT / LOCK, folders["layer"])
    unpack_layer(ROOT / AWS_LOCK, folders["layer-aws"])
    return folders


def loaded(modules: list[str], *, functions: list[str], path: list[Path]) -> dict[str, str]:
    """The file of each module, or why it cannot be imported."""
    words = [json.dumps(one) for one in ([str(folder) for folder in path], modules, functions)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LOAD, *words], capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_each_function_loads_from_its_objects_alone(opened: dict[str, Path]) -> None:
    path = [opened["code"], opened["layer"]]

    found = loaded([*FUNCTIONS, *LATER, "boto3"], functions=FUNCTIONS, path=path)

    assert found.pop("boto3") == "ModuleNotFoundError: No module named 'boto3'"
    places = tuple(map(str, path))
    assert {name: file for name, file in found.items() if not file.startswith(places)} == {}
    assert len(found) == len(FUNCTIONS) + len(LATER) > len(LATER)


@pytest.mark.long
def test_the_layer_for_aws_brings_what_its_adapter_imports(opened: dict[str, Path]) -> None:
    found = loaded(["deploy_aws", "boto3"], functions=["deploy_aws"], path=list(opened.values()))

    assert found["boto3"] == str(opened["layer-aws"] / "boto3" / "__init__.py")


@pytest.mark.parametrize(
    "call", ["aiohttp.ClientSession()", "aiofiles.open('x')", "websocket.WebSocketApp('x')"]
)
def test_what_stands_for_a_package_says_so_when_it_is_used(opened: dict[str, Path], call: str) -> None:
    program = f"import sys; sys.path.insert(0, sys.argv[1]); import {call.partition('.')[0]}; {call}"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(opened["layer"])],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.splitlines()[-1].startswith("NotImplementedError: the layer has no ")


def test_what_is_left_out_of_the_layer_is_locked_for_it() -> None:
    """A name that no lock has leaves nothing out."""
    lock = (ROOT / LOCK).read_text().splitlines()

    assert [
        name
        for name in (*STOOD_FOR, *NEEDED_BY_THEM)
        if not any(line.startswith(f"{name}==") for line in lock)
    ] == []
