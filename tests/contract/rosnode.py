"""ROS's own generated validators, which the packages ros-cdk-* on PyPI carry, run by node.

They are nobody's dependency: 2 MB for one test. `make validators` fetches them.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "ros_validators.js"
FOLDER = os.environ.get("CERTDEPLOY_ROS_CDK", "")
MODULES = ("fc3", "ots", "ram", "sls")
NEEDS_VALIDATORS = pytest.mark.skipif(
    not (FOLDER and shutil.which("node")),
    reason="node or ROS's validators are not at hand: `make validators` runs them",
)


@dataclass(frozen=True)
class Judgement:
    problems: dict[str, str]  #: by resource
    attributes: dict[str, set[str]]  #: by type


def unpacked(target: Path) -> Path:
    """The generated code of the wheels, in `target`."""
    wanted = {f"ros_cdk_{name}": f"lib/{name}.generated.js" for name in MODULES}
    for wheel in Path(FOLDER).glob("ros_cdk_*.whl"):
        name = wheel.name.partition("-")[0]
        inside = wanted.pop(name, "")
        inside = "lib/runtime.js" if name == "ros_cdk_core" else inside
        if inside:
            (target / Path(inside).name).write_bytes(_of_bundle(wheel, inside))
    assert not wanted, f"{FOLDER} lacks wheels: {sorted(wanted)}"
    return target


def judged(code: Path, resources: dict[str, Any]) -> Judgement:
    """What the validators in the folder `code` say of resources of a template."""
    given = json.dumps(resources).encode()
    ran = subprocess.run(["node", SCRIPT, code], input=given, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    told = json.loads(ran.stdout)
    return Judgement(told["problems"], {kind: set(names) for kind, names in told["attributes"].items()})


def _of_bundle(wheel: Path, inside: str) -> bytes:
    """A file of the JavaScript package in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [bundle] = [name for name in archive.namelist() if name.endswith(".jsii.tgz")]
        with tarfile.open(fileobj=io.BytesIO(archive.read(bundle))) as package:
            member = package.extractfile(f"package/{inside}")
            assert member is not None
            return member.read()
