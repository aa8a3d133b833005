"""The functions load from the code object and the layers alone, in an interpreter that has nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stack.package import AWS_LOCK, LOCK
from tests.unit.stack.installed import ROOT, unpack_code, unpack_layer

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
    unpack_code(folders["code"])
    unpack_layer(LOCK, folders["layer"])
    unpack_layer(AWS_LOCK, folders["layer-aws"])
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


def test_the_layer_for_aws_brings_what_its_adapter_imports(opened: dict[str, Path]) -> None:
    found = loaded(["deploy_aws", "boto3"], functions=["deploy_aws"], path=list(opened.values()))

    assert found["boto3"] == str(opened["layer-aws"] / "boto3" / "__init__.py")
