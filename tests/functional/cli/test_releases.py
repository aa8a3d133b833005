"""A stack goes to a new version and back to the one before: `certdeploy deploy --release`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from cli.stacks.templates import with_state_of
from emulator.cloud import Cloud, utc_now
from emulator.denials import Denial
from emulator.faults import Fault
from emulator.services.tablestore.tables import Table
from emulator.services.tablestore.tablestore import Service as Tablestore
from stack.archive import write
from tests.functional.cli.conftest import Command, Ran
from tests.functional.cli.deployed import BUCKET, CODE, NAME, OBJECTS, SMALL

OF_IT = ("--name", NAME)
LATER = "code-3.10-ba9876543210.zip"
#: Of a later version: one table more.
MORE = """\
  PoliciesTable:
    Type: ALIYUN::OTS::Table
    DependsOn: Ots
    DeletionPolicy: Retain
    Condition: Makes
    Properties: {InstanceName: {Ref: OtsInstance}, TableName: policies, PrimaryKey: [{Name: a, Type: STRING}]}

Outputs:
"""


@pytest.fixture
def upgrade(
    deploy: Command, objects: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Ran]:
    """`certdeploy deploy` of a clone of a later version."""

    def run() -> Ran:
        template = tmp_path / "later.yml"
        template.write_text(SMALL.read_text().replace("Outputs:\n", MORE))
        monkeypatch.setattr("cli.deploy.TEMPLATE", template)
        told = CODE["scan_expiry.py"].replace(b'"Certificates": 3', b'"Certificates": 4')
        write(objects / LATER, {**CODE, "scan_expiry.py": told})
        (objects / "objects.json").write_text(json.dumps({"python3.10": {**OBJECTS, "code": LATER}}))
        return deploy("--yes")

    return run


def tables(cloud: Cloud) -> dict[str, Table]:
    (found,) = [one for name, one in cloud.service(Tablestore).instances.items() if name.startswith(NAME)]
    return found.tables


def releases(command: Command) -> list[str]:
    return [one["Id"] for one in command("stack", *OF_IT, "--json").json["Releases"]]


def test_a_stack_goes_to_a_later_version_and_back_with_all_its_state(
    deploy: Command, command: Command, upgrade: Callable[[], Ran], cloud: Cloud
) -> None:
    deploy("--yes")
    (first,), jobs = releases(command), tables(cloud)["jobs"]
    later = upgrade()
    assert later.code == 0, later.err
    assert "create  table policies" in later.out
    policies = tables(cloud)["policies"]
    cloud.clock = lambda: utc_now() + timedelta(minutes=1)  # OSS tells whole seconds

    back = command("deploy", *OF_IT, "--release", first, "--yes")

    assert back.code == 0, back.err
    assert "let go" not in back.out
    assert (tables(cloud)["jobs"] is jobs, tables(cloud)["policies"] is policies) == (True, True)
    shown = command("stack", *OF_IT, "--json").json
    assert shown["Parameters"]["CodeObject"] == f"certdeploy/{OBJECTS['code']}"
    assert shown["Releases"][0]["Id"] == first
    again = upgrade()
    assert again.code == 0, again.err
    assert (tables(cloud)["jobs"] is jobs, tables(cloud)["policies"] is policies) == (True, True)


@pytest.mark.long
def test_a_key_that_may_not_list_the_bucket_sees_the_stack_all_the_same(
    deploy: Command, command: Command, cloud: Cloud
) -> None:
    deploy("--yes")
    cloud.denials.append(Denial("oss:ListObjects"))

    shown = command("stack", *OF_IT, "--json")

    assert (shown.code, shown.json["Releases"]) == (0, [])
    assert "what was deployed before could not be listed: " in shown.err


@pytest.mark.long
def test_a_version_that_failed_is_none_to_go_back_to(
    deploy: Command, command: Command, upgrade: Callable[[], Ran], cloud: Cloud
) -> None:
    deploy("--yes")
    before = releases(command)
    cloud.faults.append(Fault("CreateTable", 403, "NoPermission"))

    assert upgrade().code == 1

    assert releases(command) == before
    assert command("deploy", *OF_IT, "--release", before[0], "--yes").code == 0


@pytest.mark.long
def test_an_upgrade_that_failed_half_way_is_repeated_by_the_same_command(
    deploy: Command, command: Command, upgrade: Callable[[], Ran], cloud: Cloud
) -> None:
    """The table that it had made must not be in its own way."""
    deploy("--yes")
    jobs = tables(cloud)["jobs"]
    cloud.faults.append(Fault("UpdateFunction", 403, "NoPermission"))
    failed = upgrade()
    assert (failed.code, "could not be changed" in failed.err) == (1, True), failed.err
    assert "ROLLBACK_COMPLETE: the function " in command("stack", *OF_IT).out

    again = upgrade()

    assert again.code == 0, again.err
    assert (set(tables(cloud)), tables(cloud)["jobs"] is jobs) == ({"jobs", "policies"}, True)
    (stack,) = cloud.service("ros").stacks.values()
    assert {name for name, one in stack.resources.items() if one.retain} == {
        *("Ots", "JobsTable", "PoliciesTable")
    }


@pytest.mark.long
@pytest.mark.parametrize("release", ["0123456789abcdef", "../x", ""])
def test_a_release_that_never_was_is_told_as_one(deploy: Command, command: Command, release: str) -> None:
    deploy("--yes")

    refused = command("deploy", *OF_IT, "--release", release, "--yes")

    assert refused.code in (2, 5)
    assert "release" in refused.err.lower()


@pytest.mark.long
def test_a_release_that_somebody_has_changed_is_refused(
    deploy: Command, command: Command, cloud: Cloud
) -> None:
    deploy("--yes")
    (first,), held = releases(command), cloud.service("oss")._buckets[BUCKET].objects
    key = f"certdeploy/{NAME}/release-{first}.json"
    held[key] = replace(held[key], content=held[key].content.replace(b"Retain", b"Delete"))

    refused = command("deploy", *OF_IT, "--release", first, "--yes")

    assert (refused.code, f"somebody has changed the release {first}" in refused.err) == (2, True), (
        refused.err
    )


@pytest.mark.long
@pytest.mark.parametrize("content", [b"[]", b"{}", b"\xff", b'{"Objects": {"code": {}}}'])
def test_a_release_of_another_form_is_told_as_one(
    deploy: Command, command: Command, cloud: Cloud, content: bytes
) -> None:
    deploy("--yes")
    held, one = cloud.service("oss")._buckets[BUCKET].objects, sha256(content).hexdigest()[:16]
    held[f"certdeploy/{NAME}/release-{one}.json"] = replace(next(iter(held.values())), content=content)

    refused = command("deploy", *OF_IT, "--release", one, "--yes")

    assert refused.code == 2
    assert f"the release {one} is of a version of certdeploy that this one does not know" in refused.err


@pytest.mark.long
def test_a_release_whose_code_is_gone_is_refused(deploy: Command, command: Command, cloud: Cloud) -> None:
    deploy("--yes")
    del cloud.service("oss")._buckets[BUCKET].objects[f"certdeploy/{OBJECTS['code']}"]

    refused = command("deploy", *OF_IT, "--release", releases(command)[0], "--yes")

    assert refused.code == 2
    assert f"certdeploy/{OBJECTS['code']} is not in the bucket {BUCKET} any more" in refused.err


def test_a_release_has_its_own_objects_and_runtime(deploy: Command) -> None:
    refused = deploy("--release", "0123456789abcdef")

    assert (refused.code, "it has its own objects and runtime" in refused.err) == (2, True)


def test_a_template_keeps_the_tables_that_only_the_stack_has() -> None:
    before = SMALL.read_text().replace("Outputs:\n", MORE)

    kept = with_state_of(before, SMALL.read_text())

    assert "PoliciesTable" in kept
    assert with_state_of(SMALL.read_text(), before) == before
    assert with_state_of(json.dumps({"Resources": {}}), before) == before


def test_a_table_that_rests_on_what_the_template_lacks_is_let_go() -> None:
    lone = SMALL.read_text().replace("DependsOn: Ots", "DependsOn: Other")

    assert with_state_of(lone, "Resources: {}\n") == "Resources: {}\n"
