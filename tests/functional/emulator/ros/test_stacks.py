"""The life of a stack: made, changed, taken away, and taken back where something fails."""

from __future__ import annotations

import json

import pytest

from emulator.estate import parse_estate
from emulator.faults import Fault
from emulator.saving import saved_estate
from tests.functional.emulator.ros.account import LASTS_S, STATE, Account, project, table, template

TABLES = {"State": STATE, "Orders": table("orders"), "Carts": table("carts", DependsOn="Orders")}


def no_room_for_carts() -> Fault:
    """Which strikes once."""
    return Fault("CreateTable", 403, "OTSQuotaExhausted", api="Ots", params={"table_name": "carts"})


def test_a_stack_is_made_level_by_level_by_the_clock(account: Account) -> None:
    stack = account.create(template(TABLES), wait=False)
    assert (account.status(stack), account.resources(stack)) == ("CREATE_IN_PROGRESS", {})

    account.clock.advance(LASTS_S / 2)
    assert account.resources(stack) == {"State": "CREATE_COMPLETE"}
    account.clock.advance(LASTS_S / 2)

    assert account.status(stack) == "CREATE_COMPLETE"
    assert account.resources(stack) == dict.fromkeys(TABLES, "CREATE_COMPLETE")
    assert account.tables() == {"orders", "carts"}


def test_events_tell_of_the_stack_and_of_each_resource(account: Account) -> None:
    stack = account.create(template({"State": STATE, "Orders": table("orders")}))

    assert account.told(stack) == [
        ("shop", "CREATE_IN_PROGRESS"),
        *[(name, f"CREATE_{state}") for name in ("State", "Orders") for state in ("IN_PROGRESS", "COMPLETE")],
        ("shop", "CREATE_COMPLETE"),
    ]
    assert account.told(stack, LogicalResourceId=["Orders"], Status=["CREATE_COMPLETE"]) == [
        ("Orders", "CREATE_COMPLETE")
    ]


def test_events_come_in_pages_the_latest_first(account: Account) -> None:
    stack = account.create(template(TABLES))

    page = account("ListStackEvents", StackId=stack, PageSize=3, PageNumber=1)

    assert (page.total_count, len(page.events)) == (8, 3)
    assert page.events[0].status_reason == "Stack CREATE completed successfully"


def test_limits_of_a_product_do_not_keep_a_stack_from_being_made(account: Account) -> None:
    many = {f"Table{number}": table(f"table{number}") for number in range(25)}
    account.cloud.limits = "documented"

    stack = account.create(template({"State": STATE, **many}))
    account.cloud.limits = "none"

    assert account.status(stack) == "CREATE_COMPLETE"
    assert len(account.tables()) == len(many)


def test_what_fails_takes_the_stack_back_and_events_say_why(account: Account) -> None:
    account.cloud.faults.add(no_room_for_carts())

    stack = account.create(template(TABLES))

    assert account.status(stack) == "CREATE_ROLLBACK_COMPLETE"
    assert account.resources(stack) == {}
    assert "shop-state" not in account.cloud.service("tablestore").instances
    failed = account("ListStackEvents", StackId=stack, Status=["CREATE_FAILED"]).events
    assert [row.logical_resource_id for row in failed] == ["shop", "Carts"]
    assert all("OTSQuotaExhausted" in row.status_reason for row in failed)


def test_a_product_that_does_not_answer_takes_the_stack_back(account: Account) -> None:
    account.cloud.faults.add(Fault("CreateTable", api="Ots", drop=True))

    stack = account.create(template(TABLES))

    assert account.status(stack) == "CREATE_ROLLBACK_COMPLETE"


def test_a_rollback_that_fails_says_so_and_the_stack_can_be_deleted_later(account: Account) -> None:
    account.cloud.faults.add(no_room_for_carts())
    account.cloud.faults.add(Fault("DeleteTable", 403, "OTSNoPermissionAccess", api="Ots"))

    stack = account.create(template(TABLES))
    assert account.status(stack) == "CREATE_ROLLBACK_FAILED"
    assert account.resources(stack)["Orders"] == "DELETE_FAILED"

    account("DeleteStack", StackId=stack)
    account.wait()
    assert account.status(stack) == "DELETE_COMPLETE"
    assert "shop-state" not in account.cloud.service("tablestore").instances


def test_without_rollback_what_was_made_stays(account: Account) -> None:
    account.cloud.faults.add(no_room_for_carts())

    stack = account.create(template(TABLES), DisableRollback=True)

    assert account.status(stack) == "CREATE_FAILED"
    assert account.resources(stack)["Carts"] == "CREATE_FAILED"
    assert account.tables() == {"orders"}


@pytest.mark.parametrize(("rolled_back", "left"), [("retained", {"orders"}), ("deleted", set())])
def test_what_is_to_be_retained_may_or_may_not_survive_a_rollback(
    account: Account, rolled_back: str, left: set[str]
) -> None:
    account.cloud.service("ros").choose(rolled_back=rolled_back)
    account.cloud.faults.add(no_room_for_carts())
    kept = {
        "State": {**STATE, "DeletionPolicy": "Retain"},
        "Orders": table("orders", DeletionPolicy="Retain"),
    }

    account.create(template(TABLES | kept))

    instances = account.cloud.service("tablestore").instances
    assert ("shop-state" in instances) is bool(left)
    assert not left or account.tables() == left


def test_the_same_token_makes_one_stack(account: Account) -> None:
    body = template({"Logs": project()})
    first = account.create(body, ClientToken="once")

    assert account.create(body, ClientToken="once") == first
    assert account.refusal("CreateStack", StackName="shop", TemplateBody=body) == (409, "StackExists")


def test_a_change_makes_changes_and_takes_away(account: Account) -> None:
    stack = account.create(template(TABLES))
    lasting = table("orders")
    lasting["Properties"]["TimeToLive"] = 90_000

    account.update(stack, template({"State": STATE, "Orders": lasting, "Refunds": table("refunds")}))

    assert account.status(stack) == "UPDATE_COMPLETE"
    assert account.tables() == {"orders", "refunds"}
    instance = account.cloud.service("tablestore").instances["shop-state"]
    assert instance.tables["orders"].options["time_to_live"] == 90_000
    told = dict(account.told(stack))
    assert (told["Orders"], told["Refunds"], told["Carts"]) == (
        "UPDATE_COMPLETE",
        "CREATE_COMPLETE",
        "DELETE_COMPLETE",
    )


def test_a_change_of_nothing_is_refused_and_a_trial_of_it_is_not(account: Account) -> None:
    body = template({"Logs": project()})
    stack = account.create(body)

    assert account.refusal("UpdateStack", StackId=stack, TemplateBody=body) == (400, "NotSupported")
    account("UpdateStack", StackId=stack, TemplateBody=body, DryRun=True)
    assert account.status(stack) == "CREATE_COMPLETE"


def test_a_change_that_fails_goes_back_to_what_was(account: Account) -> None:
    stack = account.create(template({"State": STATE, "Orders": table("orders")}))
    account.cloud.faults.add(no_room_for_carts())

    account.update(stack, template({**TABLES, "Refunds": table("refunds")}))

    assert account.status(stack) == "ROLLBACK_COMPLETE"
    assert account.tables() == {"orders"}
    assert set(account.resources(stack)) == {"State", "Orders"}
    assert "Carts" not in account("GetTemplate", StackId=stack).template_body


def test_what_cannot_change_is_told_and_taken_back(account: Account) -> None:
    stack = account.create(template({"Logs": project()}))

    account.update(stack, template({"Logs": project("others")}))

    assert account.status(stack) == "ROLLBACK_COMPLETE"
    [failed] = account(
        "ListStackEvents", StackId=stack, LogicalResourceId=["Logs"], Status=["UPDATE_FAILED"]
    ).events
    assert "Name is not supported" in failed.status_reason


def test_a_stack_in_the_middle_of_something_is_busy(account: Account) -> None:
    stack = account.create(template({"Logs": project()}), wait=False)

    assert account.refusal("UpdateStack", StackId=stack, TemplateBody="x")[1] == "ActionInProgress"
    assert account.refusal("DeleteStack", StackId=stack) == (409, "ActionInProgress")


def test_a_deleted_stack_takes_away_what_it_made_but_what_is_retained(account: Account) -> None:
    kept = {
        "State": {**STATE, "DeletionPolicy": "Retain"},
        "Orders": table("orders", DeletionPolicy="Retain"),
    }
    stack = account.create(template(TABLES | kept))

    account("DeleteStack", StackId=stack)
    account.wait()

    assert account.status(stack) == "DELETE_COMPLETE"
    assert account.tables() == {"orders"}
    assert account("ListStacks").stacks == []
    assert [row.stack_id for row in account("ListStacks", Status=["DELETE_COMPLETE"]).stacks] == [stack]


def test_resources_can_be_retained_when_a_stack_is_deleted(account: Account) -> None:
    one = account.create(template(TABLES))
    assert account.refusal("DeleteStack", StackId=one, RetainResources=["Nobody"]) == (
        404,
        "ResourceNotFound",
    )

    account("DeleteStack", StackId=one, RetainResources=["State", "Orders"])
    account.wait()
    assert account.tables() == {"orders"}


def test_a_protected_stack_is_not_deleted(account: Account) -> None:
    stack = account.create(template({"Logs": project()}), DeletionProtection="Enabled")
    assert account.refusal("DeleteStack", StackId=stack)[1] == "NotSupported"

    account("SetDeletionProtection", StackId=stack, DeletionProtection="Disabled")
    account("DeleteStack", StackId=stack)

    assert account.status(stack) == "DELETE_IN_PROGRESS"


def test_a_stack_that_takes_too_long_fails(account: Account) -> None:
    account.cloud.settle_s = 3600
    stack = account.create(template(TABLES), wait=False, TimeoutInMinutes=10, DisableRollback=True)

    account.clock.advance(601)

    told = account("GetStack", StackId=stack)
    assert (told.status, told.status_reason) == ("CREATE_FAILED", "Stack CREATE timed out")


def test_an_abandoned_stack_leaves_its_resources(account: Account) -> None:
    account.create(template(TABLES), CreateOption="AbandonStackOnCreationComplete")

    assert account("ListStacks").stacks == []
    assert account.tables() == {"orders", "carts"}


def test_stacks_are_listed_by_name_state_and_tag(account: Account) -> None:
    body = template({"Logs": project()})
    shop = account.create(body, Tags=[{"Key": "team", "Value": "shop"}])
    account.create(body.replace("logs-of", "more-of"), "pay", wait=False)

    def listed(**filters: object) -> list[str]:
        return [row.stack_name for row in account("ListStacks", **filters).stacks]

    assert listed() == ["pay", "shop"]
    assert listed(StackName=["sh*"]) == listed(Tag=[{"Key": "team", "Value": "shop"}]) == ["shop"]
    assert listed(Status=["CREATE_IN_PROGRESS"]) == ["pay"]
    assert listed(StackIds=[shop]) == listed(StackId=shop) == ["shop"]
    assert account("ListStacks", RegionId="cn-beijing").stacks == []


@pytest.mark.parametrize("action", ["GetStack", "ListStackEvents", "ListStackResources", "DeleteStack"])
def test_what_is_not_there_is_not_found(account: Account, action: str) -> None:
    assert account.refusal(action, StackId="nowhere") == (404, "StackNotFound")


def test_a_deleted_stack_may_be_unknown_by_its_id(account: Account) -> None:
    stack = account.create(template({"Logs": project()}))
    account.cloud.service("ros").choose(deleted="unknown")

    account("DeleteStack", StackId=stack)
    account.wait()

    assert account.refusal("GetStack", StackId=stack) == (404, "StackNotFound")


def test_a_stack_that_is_saved_half_made_is_made_elsewhere(account: Account) -> None:
    stack = account.create(template(TABLES), wait=False)
    account.clock.advance(LASTS_S / 2)
    assert account.resources(stack) == {"State": "CREATE_COMPLETE"}

    file = json.loads(json.dumps(saved_estate(account.cloud)))
    account.cloud.load(parse_estate(file))
    account.wait()

    assert account.status(stack) == "CREATE_COMPLETE"
    assert account.tables() == {"orders", "carts"}
    assert len(account.told(stack)) == 8
