"""`certdeploy deploy` looks at the account before it makes anything: services, their roles, rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.cloud import Cloud
from emulator.denials import Denial
from emulator.faults import Fault
from tests.functional.cli.conftest import Ran
from tests.functional.cli.deployed import NAME, changes

Deploy = Callable[..., Ran]


@pytest.mark.parametrize("options", [("--yes",), ("--plan",)])
def test_what_is_not_activated_is_told_before_anything_is_made(
    deploy: Deploy, cloud: Cloud, options: tuple[str, ...]
) -> None:
    cloud.service("ros").choose(services="not activated")

    refused = deploy(*options)

    assert refused.code == 1
    assert "service FC: is not activated: " in refused.err
    assert "do: activate it: https://common-buy.aliyun.com/?commodityCode=fc" in refused.err
    assert "3 of this are in the way; nothing was changed" in refused.err
    assert changes(cloud) == []


@pytest.mark.long
def test_a_service_linked_role_that_is_missing_is_told_and_may_still_come(
    deploy: Deploy, cloud: Cloud
) -> None:
    cloud.service("ros").choose(services="a role is missing")

    made = deploy("--yes")

    assert made.code == 0, made.err
    assert "role AliyunServiceRoleForFC: FC lacks its service-linked role; do: make it: https://" in made.err


@pytest.mark.parametrize("right", ["fc:GetFunction", "ram:GetRole", "ots:GetInstance", "log:GetProject"])
def test_a_right_that_is_missing_says_what_prints_the_policy(
    deploy: Deploy, cloud: Cloud, right: str
) -> None:
    cloud.denials.append(Denial(right))

    refused = deploy("--yes")

    assert refused.code == 1
    assert f"permission {right}: " in refused.err
    assert f"do: grant what is missing: certdeploy --stack {NAME} ram print deployer" in refused.err
    assert changes(cloud) == []


def test_in_another_region_than_the_usual_one_commands_that_are_told_name_it(
    deploy: Deploy, command: Deploy, cloud: Cloud
) -> None:
    elsewhere = ("--region", "cn-beijing")
    cloud.denials.append(Denial("ram:GetRole"))

    refused = deploy("--yes", *elsewhere)
    absent = command("stack", "--name", NAME, *elsewhere)
    unknown = command("deploy", "--name", NAME, "--release", "0" * 16, "--unchecked", *elsewhere)

    assert f"certdeploy --stack {NAME} --region cn-beijing ram print deployer" in refused.err
    assert f"`certdeploy deploy --name {NAME} --region cn-beijing` makes it" in absent.err
    assert f"`certdeploy stack --name {NAME} --region cn-beijing` lists those of this stack" in unknown.err


@pytest.mark.parametrize("code", ["StackExists", "ActionInProgress"])
def test_of_two_deployments_at_once_the_later_one_says_so(deploy: Deploy, cloud: Cloud, code: str) -> None:
    cloud.faults.append(Fault("CreateStack", 409, code))

    refused = deploy("--yes")

    assert refused.code == 1
    assert "another deployment has begun meanwhile: " in refused.err
    assert "; deploy again when it has ended" in refused.err


def test_what_ros_refuses_names_the_policy_too(deploy: Deploy, cloud: Cloud) -> None:
    cloud.denials.append(Denial("ros:PreviewStack"))

    refused = deploy("--yes")

    assert refused.code == 3
    assert f"it takes what `certdeploy --stack {NAME} ram print deployer` prints" in refused.err


@pytest.mark.long
def test_what_cannot_be_looked_at_is_said_and_stops_nothing(deploy: Deploy, cloud: Cloud) -> None:
    cloud.denials.append(Denial("ros:GetServiceProvisions"))
    cloud.faults.append(Fault("GetRole", 503, "ServiceUnavailable", times=9))

    planned = deploy("--plan")

    assert planned.code == 0, planned.err
    assert "services: could not be checked: GetServiceProvisions: " in planned.err
    assert "permission ram:GetRole: could not be checked: " in planned.err
    assert "runtime python3.10: could not be checked: no API tells" in planned.err
    cloud.faults.clear()


@pytest.mark.long
def test_who_says_so_is_not_looked_at_first(deploy: Deploy, cloud: Cloud) -> None:
    cloud.service("ros").choose(services="not activated")

    assert deploy("--yes", "--unchecked").code == 0
