"""A stack that stands is shown, its logs are read, and it is taken away: `stack`, `logs`, `destroy`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from emulator.cloud import Cloud
from emulator.faults import Fault
from emulator.services.tablestore.tablestore import Service as Tablestore
from tests.functional.cli.conftest import Command
from tests.functional.cli.deployed import NAME, OBJECTS, REGION

OF_IT = ("--name", NAME)


def half_made(deploy: Command, cloud: Cloud) -> None:
    """A stack whose creation goes on while the command that began it has ended."""
    cloud.settle_s = 0.2
    cloud.faults.append(Fault("GetStack", 403, "NoPermission"))
    assert deploy("--yes").code == 3


@pytest.fixture
def standing(deploy: Command, command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, where a stack stands."""
    made = deploy("--yes")
    assert made.code == 0, made.err
    return command


def instances(cloud: Cloud) -> list[str]:
    """Of Tablestore, that a stack made."""
    return [name for name in cloud.service(Tablestore).instances if name.startswith(NAME)]


@pytest.mark.long
def test_a_stack_is_shown_with_its_versions_outputs_and_last_events(standing: Command) -> None:
    shown = standing("stack", *OF_IT)

    assert shown.code == 0, shown.err
    for told in (
        f"{NAME} in {REGION}",
        "UPDATE_COMPLETE",
        f"certdeploy/{OBJECTS['code']}",
        f"{NAME}-1000000000000001",
    ):
        assert told in shown.out
    assert standing("stack", *OF_IT, "--json").json["Parameters"]["Prefix"] == NAME


def test_a_stack_that_is_not_as_it_was_to_be_is_told_by_the_exit_code(
    deploy: Command, command: Command, cloud: Cloud
) -> None:
    cloud.faults.append(Fault("CreateFunction", 403, "NoPermission"))
    deploy("--yes")

    shown = command("stack", *OF_IT)

    assert shown.code == 1
    assert "CREATE_ROLLBACK_COMPLETE: the function " in shown.out
    assert "could not be made: injected by the emulator (NoPermission); grant this" in shown.out


@pytest.mark.long
def test_logs_are_those_of_the_stack_s_functions_the_oldest_first(standing: Command) -> None:
    printed = standing("logs", *OF_IT, "--since", "5m", "--function", "scan_expiry")

    assert printed.code == 0, printed.err
    (told,) = printed.out.splitlines()
    assert f"INFO    {NAME}-scan_expiry CAS was read job_id=7" in told
    lines = standing("logs", *OF_IT, "--json", "--function", "scan_expiry").out.splitlines()
    began, _, ended = (json.loads(line)["message"] for line in lines)
    assert (began[:15], ended[:13]) == ("FC Invoke Start", "FC Invoke End")


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--function", "scan_expiry", "--job", "7"), 1),
        (("--job", "7"), 1),
        (("--job", "8"), 0),
        (("--function", "discover_resources", "--job", "7"), 0),
    ],
)
def test_logs_are_narrowed_down(standing: Command, options: tuple[str, ...], count: int) -> None:
    printed = standing("logs", *OF_IT, "--json", *options)

    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [line["message"] for line in lines] == ["CAS was read"] * count


@pytest.mark.long
def test_more_lines_than_one_answer_has_are_all_printed(
    standing: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_one = (*OF_IT, "--json", "--function", "scan_expiry")
    whole = standing("logs", *of_one).out
    monkeypatch.setattr("cli.stacks.sls.PAGE", 2)

    assert standing("logs", *of_one).out == whole
    assert len(whole.splitlines()) > 2


@pytest.mark.long
def test_a_stack_goes_and_its_state_stays_for_one_that_goes_on_with_it(
    standing: Command, cloud: Cloud
) -> None:
    (instance,) = instances(cloud)

    gone = standing("destroy", *OF_IT, "--yes")

    assert gone.code == 0, gone.err
    assert "remove  3 functions" in gone.out
    assert f"keep    Tablestore instance {instance}, with its tables" in gone.out
    where = f"--name {NAME} --region {REGION}"
    again = f"certdeploy deploy {where} --parameter State=kept --parameter OtsInstance={instance}"
    assert gone.out.splitlines()[-1] == again
    assert instances(cloud) == [instance]
    assert cloud.service("fc").functions == {}
    assert standing("stack", *OF_IT).code == 5


def test_the_state_stays_although_the_deployment_was_cut_off_before_it_was_retained(
    deploy: Command, command: Command, cloud: Cloud
) -> None:
    cloud.faults.append(Fault("UpdateStack", 403, "NoPermission"))
    assert deploy("--yes").code == 3
    (instance,) = instances(cloud)

    gone = command("destroy", *OF_IT, "--yes")

    assert gone.code == 0, gone.err
    assert f"OtsInstance={instance}" in gone.out
    assert instances(cloud) == [instance]


def test_what_is_left_of_a_stack_that_never_came_to_be_is_removed_with_its_empty_state(
    deploy: Command, command: Command, cloud: Cloud
) -> None:
    cloud.faults += [Fault("CreateFunction", 403, "NoPermission"), Fault("DeleteTable", 403, "NoPermission")]
    assert deploy("--yes").code == 1
    assert instances(cloud)

    gone = command("destroy", *OF_IT, "--yes")

    assert gone.code == 0, gone.err
    assert "keep    Tablestore" not in gone.out
    assert instances(cloud) == []


def test_a_state_that_a_stack_did_not_make_is_told_of_and_never_said_to_be_removed(
    standing: Command, deploy: Command, cloud: Cloud
) -> None:
    (instance,) = instances(cloud)
    assert standing("destroy", *OF_IT, "--yes").code == 0
    assert deploy("--yes", "--parameter", "State=kept").code == 0

    refused = standing("destroy", *OF_IT, "--yes", "--with-state")
    assert (refused.code, instance in refused.err) == (2, True), refused.err
    gone = standing("destroy", *OF_IT, "--yes")

    assert f"keep    Tablestore instance {instance}, which this stack did not make" in gone.out
    assert f"its state stays in {instance}" in gone.err
    assert instances(cloud) == [instance]


@pytest.mark.long
def test_what_goes_on_with_a_state_is_set_as_the_stack_was(
    deploy: Command, command: Command, cloud: Cloud, tmp_path: Path
) -> None:
    """Jobs that waited for approval must not be submitted by themselves from then on."""
    (tmp_path / "secret").write_text("WebhookUrl=https://example.com/?token=x")
    given = ("--parameter", "AutoDeploy=draft", "--parameter", "WarningDays=30,7")
    made = deploy("--yes", *given, "--parameter-file", str(tmp_path / "secret"))
    assert made.code == 0, made.err

    gone = command("destroy", *OF_IT, "--yes")

    again = shlex.split(gone.out.splitlines()[-1])
    assert again[:2] == ["certdeploy", "deploy"]
    assert {"AutoDeploy=draft", "WarningDays=30,7", "State=kept"} < set(again)
    assert "this goes on with it (with a --parameter-file for WebhookUrl, if it had that):" in gone.err
    assert "token" not in gone.out + gone.err
    assert again[4:6] == ["--region", REGION]
    assert deploy(*again[6:], "--yes").code == 0


@pytest.mark.long
def test_the_state_goes_too_if_it_is_told_to(standing: Command, cloud: Cloud) -> None:
    gone = standing("destroy", *OF_IT, "--yes", "--with-state")

    assert gone.code == 0, gone.err
    assert instances(cloud) == []


@pytest.mark.long
def test_without_an_answer_nothing_goes(standing: Command, cloud: Cloud) -> None:
    refused = standing("destroy", *OF_IT, "--with-state")

    assert (refused.code, "pass --yes" in refused.err) == (2, True)
    assert standing("stack", *OF_IT).code == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("DeleteFunction", "its state stays in"),
        ("DeleteRole", "its state, unless it was told to go, stays in"),
    ],
)
def test_a_removal_that_fails_half_way_is_told_and_brought_to_its_end_and_the_state_stays(
    standing: Command, deploy: Command, cloud: Cloud, call: str, told: str
) -> None:
    """Before the state is let go, and after it."""
    (instance,) = instances(cloud)
    cloud.faults.append(Fault(call, 403, "NoPermission"))

    failed = standing("destroy", *OF_IT, "--yes")

    assert failed.code == 1
    assert "could not be removed" in failed.err.splitlines()[-1]
    assert standing("stack", *OF_IT).code == 1
    half_removed = deploy("--yes")
    assert (half_removed.code, f"certdeploy destroy --name {NAME}" in half_removed.err) == (1, True)
    with_it = standing("destroy", *OF_IT, "--yes", "--with-state")
    assert with_it.code == 2
    assert f"then remove {instance} in Tablestore's console" in with_it.err
    again = standing("destroy", *OF_IT, "--yes")
    assert again.code == 0, again.err
    assert f"{told} {instance}; this goes on with it (" in again.err
    assert instances(cloud) == [instance]


@pytest.mark.long
def test_a_removal_with_the_state_that_fails_half_way_is_brought_to_its_end(
    standing: Command, cloud: Cloud
) -> None:
    cloud.faults.append(Fault("DeleteFunction", 403, "NoPermission"))
    assert standing("destroy", *OF_IT, "--yes", "--with-state").code == 1

    again = standing("destroy", *OF_IT, "--yes", "--with-state")

    assert again.code == 0, again.err
    assert instances(cloud) == []


def test_a_stack_that_is_still_being_made_is_waited_for_before_it_is_removed(
    deploy: Command, command: Command, cloud: Cloud
) -> None:
    half_made(deploy, cloud)

    early = command("logs", *OF_IT)
    gone = command("destroy", *OF_IT, "--yes")

    assert (early.code, "still being made" in early.err) == (5, True), early.err
    assert gone.code == 0, gone.err
    assert "is CREATE_IN_PROGRESS: waiting for its end" in gone.err
    assert "remove  3 functions" in gone.out
    assert len(instances(cloud)) == 1


def test_a_removal_that_another_has_begun_is_waited_for(standing: Command, cloud: Cloud) -> None:
    cloud.settle_s = 0.2
    cloud.faults.append(Fault("GetStack", 403, "NoPermission", passing=1))
    assert standing("destroy", *OF_IT, "--yes").code == 3

    gone = standing("destroy", *OF_IT, "--yes")

    assert gone.code == 0, gone.err
    assert "is DELETE_IN_PROGRESS: waiting for its end" in gone.err
    assert f"the stack {NAME} is removed" in gone.err


def test_a_deployment_that_was_cut_off_while_the_stack_was_made_runs_the_functions_when_it_is_repeated(
    deploy: Command, cloud: Cloud
) -> None:
    half_made(deploy, cloud)

    again = deploy("--yes")

    assert again.code == 0, again.err
    assert "CAS is read: 3 certificates" in again.err


@pytest.mark.parametrize("words", [("stack",), ("logs",), ("destroy", "--yes")])
def test_a_stack_that_is_not_there_is_told_as_one(command: Command, words: tuple[str, ...]) -> None:
    refused = command(*words, "--name", "other")

    assert (refused.code, f"there is none in {REGION}" in refused.err) == (5, True), refused.err
