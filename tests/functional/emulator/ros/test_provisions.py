"""What ROS tells before there is a stack, and what is done to one that is under way."""

from __future__ import annotations

import pytest

from emulator.faults import Fault
from tests.functional.emulator.ros.account import STATE, Account, project, table, template

BOTH = {"State": STATE, "Logs": project()}


def test_services_of_a_template_are_told_with_their_roles(account: Account) -> None:
    told = account("GetServiceProvisions", TemplateBody=template(BOTH)).service_provisions
    assert [(one.service_name, one.status) for one in told] == [("OTS", "Enabled"), ("SLS", "Enabled")]
    account.cloud.service("ros").choose(services="a role is missing")

    (told,) = account("GetServiceProvisions", Services=[{"ServiceName": "FC"}]).service_provisions

    assert told.status == "Enabled"
    (role,) = told.role_provision.roles
    assert (role.role_name, role.created) == ("AliyunServiceRoleForFC", False)
    assert told.role_provision.authorization_url.startswith("https://")


def test_a_service_that_is_not_activated_says_where_it_is(account: Account) -> None:
    account.cloud.service("ros").choose(services="not activated")

    (told,) = account("GetServiceProvisions", Services=[{"ServiceName": "SLS"}]).service_provisions

    assert (told.status, told.enable_url[:8]) == ("Disabled", "https://")


@pytest.mark.parametrize(
    "asked",
    [{}, {"TemplateBody": template(BOTH), "Services": [{"ServiceName": "FC"}]}],
)
def test_either_a_template_or_services_are_asked_of(account: Account, asked: dict[str, object]) -> None:
    assert account.refusal("GetServiceProvisions", **asked) == (400, "InvalidParameter")


def test_parameters_have_the_values_that_the_template_allows(account: Account) -> None:
    declared = {"Size": {"Type": "String", "AllowedValues": ["a", "b"]}, "Name": {"Type": "String"}}
    body = template(BOTH, Parameters=declared)

    size, name = account("GetTemplateParameterConstraints", TemplateBody=body).parameter_constraints

    assert (size.parameter_key, size.allowed_values) == ("Size", ["a", "b"])
    assert (name.parameter_key, name.behavior) == ("Name", "NoLimit")


def test_a_change_that_is_cancelled_is_taken_back(account: Account) -> None:
    stack = account.create(template({"State": STATE}))
    more = template({"State": STATE, "Orders": table("orders")})
    account("UpdateStack", StackId=stack, TemplateBody=more)
    account.clock.advance(account.cloud.settle_s * 0.9)

    account("CancelUpdateStack", StackId=stack)
    account.wait()

    assert account.status(stack) == "ROLLBACK_COMPLETE"
    assert account.tables() == set()
    assert account.refusal("CancelUpdateStack", StackId=stack) == (400, "NotSupported")


def test_a_creation_that_was_not_taken_back_goes_on_where_it_failed(account: Account) -> None:
    account.cloud.faults.add(Fault("CreateTable", 403, "OTSQuotaExhausted", api="Ots"))
    stack = account.create(template({"State": STATE, "Orders": table("orders")}), DisableRollback=True)
    assert account.status(stack) == "CREATE_FAILED"

    account("ContinueCreateStack", StackId=stack)
    account.wait()

    assert (account.status(stack), account.tables()) == ("CREATE_COMPLETE", {"orders"})
    assert account.refusal("ContinueCreateStack", StackId=stack) == (400, "NotSupported")
