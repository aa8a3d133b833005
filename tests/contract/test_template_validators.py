"""template.yml against the validators that ROS generates from its own description of each resource."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.contract.rosfile import DOCUMENT, SCHEMA, RosFile
from tests.contract.rosnode import NEEDS_VALIDATORS, judged, unpacked

pytestmark = NEEDS_VALIDATORS
WRITTEN: dict[str, Any] = DOCUMENT["Resources"]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("validators"))


def test_they_take_every_resource_as_it_is_written(code: Path) -> None:
    assert judged(code, WRITTEN).problems == {}


def test_they_take_every_resource_with_the_defaults_of_the_parameters(code: Path) -> None:
    file = RosFile(DOCUMENT)
    resources = {
        name: {"Type": one["Type"], "Properties": file.resolved(one["Properties"])}
        for name, one in file.resources.items()
    }

    assert judged(code, resources).problems == {}


def test_attributes_are_those_that_the_checker_knows(code: Path) -> None:
    known = {kind: set(one["attributes"]) for kind, one in SCHEMA["types"].items()}
    found = judged(code, WRITTEN).attributes

    assert found == {kind: known[kind] for kind in found}
    assert set(found) == {one["Type"] for one in WRITTEN.values()}


def _put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(resources: dict[str, Any]) -> None:
        place = resources[path[0]]["Properties"]
        for key in path[1:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("ScanExpiry", _put("ScanExpiry", "TimeOut", value=3), "TimeOut is not known"),
        ("ScanExpiry", _put("ScanExpiry", "Code", "OssBucket", value="x"), "OssBucket is not known"),
        ("ScanExpiry", _put("ScanExpiry", "Handler", value=None), "handler: required but missing"),
        (
            "ScanExpiryAsync",
            _put("ScanExpiryAsync", "MaxAsyncRetryAttempts", value=9),
            "maxAsyncRetryAttempts",
        ),
        ("Ots", _put("Ots", "Network", value="OPEN"), "OPEN"),
        ("JobsTable", _put("JobsTable", "PrimaryKey", value=[{"Name": "id", "Type": "TEXT"}]), "TEXT"),
        ("LogStore", _put("LogStore", "TTL", value=0.5), "ttl"),
        ("LogProject", _put("LogProject", "Name", value="under_score"), "under_score"),
    ],
)
def test_they_would_tell_of_a_mistake(
    code: Path, name: str, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    resources = deepcopy(WRITTEN)
    change(resources)

    problems = judged(code, resources).problems

    assert set(problems) == {name}
    assert told in problems[name]
