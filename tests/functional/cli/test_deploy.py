"""`certdeploy deploy` and `destroy`: a stack in an emulated account, its bucket, its objects."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.parameters import TEMPLATE
from cli.stacks.given import instance_of
from emulator.cloud import Cloud
from emulator.faults import Fault
from shared.state.tables import TABLES
from stack.archive import write
from tests.functional.cli.conftest import Ran
from tests.functional.cli.deployed import BUCKET, CODE, NAME, OBJECTS, REGION, changes

#: As `check_installation` of a stack of which nothing has run yet.
NEVER_RAN = b"""
import json

def handler(event, context):
    found = {"Mark": "warning", "About": "timer scan_expiry", "Text": "so far it was never told"}
    return json.dumps({"At": "2026-05-01T00:00:00Z", "Healthy": True, "Findings": [found]})
"""


def test_a_plan_tells_what_would_be_made_and_makes_nothing(
    deploy: Callable[..., Ran], cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.deploy.TEMPLATE", TEMPLATE)  # the whole one

    shown = deploy("--plan")

    assert shown.code == 0, shown.err
    assert f"stack {NAME} in {REGION}, account 1000000000000001: new" in shown.out
    assert f"create  bucket {BUCKET} (private)" in shown.out
    assert f"upload  certdeploy/{OBJECTS['code']}" in shown.out
    assert f"create  {len(TABLES)} tables" in shown.out
    assert set(changes(cloud)) <= {"InvokeFunction"}


def test_a_stack_is_made_and_its_functions_run_for_the_first_time(
    deploy: Callable[..., Ran], cloud: Cloud
) -> None:
    made = deploy("--yes")

    assert made.code == 0, made.err
    assert f"stack {NAME} is UPDATE_COMPLETE" in made.err
    assert "contacts: there are none; do: add one" in made.err
    assert "CAS is read: 3 certificates; the baseline, so no job starts" in made.err
    invoked = [call.params["functionName"] for call in cloud.calls if call.action == "InvokeFunction"]
    assert invoked == [f"{NAME}-{one}" for one in ("scan_expiry", "discover_resources", "check_installation")]


@pytest.mark.long
def test_what_is_there_is_not_done_again(deploy: Callable[..., Ran], cloud: Cloud) -> None:
    deploy("--yes")
    cloud.calls.clear()

    again = deploy("--yes")

    assert (again.code, changes(cloud)) == (0, ["InvokeFunction"]), again.err  # which looks it over
    assert "nothing to do: the stack is as this clone says" in again.err
    assert "contacts: there are none; do: add one" in again.err


@pytest.mark.long
def test_a_deployment_that_was_cut_off_before_anything_ran_is_brought_to_its_end(
    deploy: Callable[..., Ran], cloud: Cloud, objects: Path
) -> None:
    write(objects / OBJECTS["code"], {**CODE, "check_installation.py": NEVER_RAN})
    cloud.faults.append(Fault("InvokeFunction", 403, "NoPermission"))
    cut_off = deploy("--yes")
    assert (cut_off.code, "do not work yet" in cut_off.err) == (1, True)

    again = deploy("--yes")

    assert again.code == 0, again.err
    assert "nothing to do" in again.err
    assert "CAS is read: 3 certificates\n" in again.err
    invoked = [call.params["functionName"] for call in cloud.calls if call.action == "InvokeFunction"]
    assert invoked[-1] == f"{NAME}-discover_resources"


@pytest.mark.long
def test_what_changes_is_told_by_name_and_what_was_given_before_stays(
    deploy: Callable[..., Ran], cloud: Cloud
) -> None:
    deploy("--yes", "--parameter", "AutoDeploy=draft")

    changed = deploy("--yes", "--parameter", "WarningDays=30")

    assert changed.code == 0, changed.err
    assert "change  function scan_expiry\n" in changed.out
    assert "create " not in changed.out
    ros = cloud.service("ros")
    (stack,) = ros.stacks.values() if isinstance(ros.stacks, dict) else ros.stacks
    assert stack.goal.parameters["AutoDeploy"] == "draft"
    assert stack.goal.parameters["OtsInstance"] == instance_of(NAME, "1000000000000001", REGION)


def test_bucket_and_runtime_stay_as_they_were_given_too(deploy: Callable[..., Ran], objects: Path) -> None:
    listed = {f"python{version}": OBJECTS for version in ("3.10", "3.12")}
    (objects / "objects.json").write_text(json.dumps(listed))
    made = deploy("--yes", "--bucket", "certs-of-ours", "--python", "3.12")
    assert made.code == 0, made.err

    again = deploy("--plan")

    assert "nothing to do" in again.err, again.out


@pytest.mark.long
def test_the_first_failure_is_one_sentence_and_the_same_command_begins_again(
    deploy: Callable[..., Ran], cloud: Cloud
) -> None:
    cloud.faults.append(Fault("CreateFunction", 403, "NoPermission"))

    failed = deploy("--yes")

    assert failed.code == 1, failed.err
    assert "could not be made" in failed.err.splitlines()[-1]
    assert "grant this to whoever deploys: certdeploy ram print deployer" in failed.err.splitlines()[-1]
    again = deploy("--yes")
    assert again.code == 0, again.err


@pytest.mark.long
def test_a_deployment_cut_off_before_its_state_is_retained_is_brought_to_its_end(
    deploy: Callable[..., Ran], cloud: Cloud
) -> None:
    cloud.faults.append(Fault("UpdateStack", 400, "StackValidationFailed"))
    assert deploy("--yes").code == 3

    again = deploy("--yes")

    assert again.code == 0, again.err
    (stack,) = cloud.service("ros").stacks.values()
    assert {name for name, one in stack.resources.items() if one.retain} == {"Ots", "JobsTable"}
    assert "nothing to do" in deploy("--yes").err


@pytest.mark.long
def test_a_state_that_is_not_retained_yet_is_not_let_go(deploy: Callable[..., Ran], cloud: Cloud) -> None:
    cloud.faults.append(Fault("UpdateStack", 400, "StackValidationFailed"))
    deploy("--yes")

    refused = deploy("--yes", "--parameter", "State=kept")

    assert (refused.code, "does not retain yet; nothing was changed" in refused.err) == (1, True), refused.err
    deploy("--yes")
    let_go = deploy("--yes", "--parameter", "State=kept")
    assert (let_go.code, "let go  table jobs" in let_go.out) == (0, True), let_go.err
    assert instance_of(NAME, "1000000000000001", REGION) in cloud.service("tablestore").instances


def test_without_an_answer_nothing_is_done(deploy: Callable[..., Ran], cloud: Cloud) -> None:
    refused = deploy()

    assert refused.code == 2
    assert "cannot ask for confirmation; pass --yes" in refused.err
    assert set(changes(cloud)) <= {"InvokeFunction"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--parameter", "Prefix=x"), "--parameter Prefix: say it with --name"),
        (("--parameter", "AutoDeplo=draft"), "did you mean AutoDeploy?"),
        (("--parameter", "WebhookSecret=x"), "the template has no parameter WebhookSecret; "),
        (("--parameter", "WebhookUrl=https://x"), "list of processes; put it into a file"),
        (("--bucket", "My_bucket"), "--bucket My_bucket: a bucket's name has 3 to 63 small letters"),
        (("--region", "moon"), "--region: "),
        (("--python", "3.9"), "--python 3.9: choose one of"),
        (("--python", "3.12"), "holds no objects for Python 3.12"),
    ],
)
def test_what_cannot_be_deployed_is_refused_before_anything_is_asked(
    deploy: Callable[..., Ran], cloud: Cloud, options: tuple[str, ...], told: str
) -> None:
    refused = deploy("--yes", *options)

    assert (refused.code, told in refused.err) == (2, True), refused.err
    assert changes(cloud) == []


@pytest.mark.long
def test_a_bucket_that_others_may_write_to_is_refused(deploy: Callable[..., Ran], cloud: Cloud) -> None:
    deploy("--yes")
    cloud.service("oss")._buckets[BUCKET].acl = "public-read-write"

    refused = deploy("--yes")

    assert refused.code == 2
    assert f"the bucket {BUCKET} is public-read-write" in refused.err


@pytest.mark.long
def test_an_object_that_somebody_replaced_is_put_back(deploy: Callable[..., Ran], cloud: Cloud) -> None:
    deploy("--yes")
    held = cloud.service("oss")._buckets[BUCKET].objects
    key = f"certdeploy/{OBJECTS['code']}"
    own = held[key]
    held[key] = replace(own, content=b"something else of the same name")

    assert deploy("--yes").code == 0

    assert held[key].content == own.content
