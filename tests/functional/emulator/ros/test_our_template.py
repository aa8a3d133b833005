"""template.yml as a stack of the emulated cloud."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from shared.state.tables import TABLES
from tests.contract.rosfile import DOCUMENT
from tests.functional.emulator.ros.account import Account

BODY = (Path(__file__).parents[4] / "template.yml").read_text(encoding="utf-8")
OBJECTS = {"CodeBucket": "code", "CodeObject": "c.zip", "LayerObject": "l.zip", "AwsLayerObject": "a.zip"}


def given(**more: str) -> list[dict[str, Any]]:
    return [{"ParameterKey": key, "ParameterValue": text} for key, text in {**OBJECTS, **more}.items()]


@pytest.mark.long
def test_the_state_outlives_its_stack_and_the_next_one_goes_on_with_it(account: Account) -> None:
    account.put("code", "c.zip", "l.zip", "a.zip")
    first = account.create(BODY, "one", Parameters=given(OtsInstance="mine"))
    tables = account.cloud.service("tablestore").instances["mine"].tables

    account("DeleteStack", StackId=first)
    account.wait()
    again = account.create(BODY, "one", Parameters=given(OtsInstance="mine", State="kept"))

    assert account.status(again) == "CREATE_COMPLETE"
    assert account.cloud.service("tablestore").instances["mine"].tables is tables
    assert set(tables) == {table.name for table in TABLES}
    assert account.outputs(again)["State"] == "ots://mine.cn-hangzhou"


def test_a_stack_that_lets_go_of_its_state_leaves_it(account: Account) -> None:
    account.put("code", "c.zip", "l.zip", "a.zip")
    stack = account.create(BODY, "one", Parameters=given(OtsInstance="mine"))

    account.update(stack, BODY, Parameters=given(OtsInstance="mine", State="kept"))

    assert account.status(stack) == "UPDATE_COMPLETE"
    assert account.tables("mine") == {table.name for table in TABLES}


@pytest.mark.long
def test_the_stack_of_an_earlier_version_is_changed_and_changed_back_with_its_state(account: Account) -> None:
    """The template had neither logs nor what keeps the state."""
    account.put("code", "c.zip", "l.zip", "a.zip")
    earlier = deepcopy(DOCUMENT)
    for name, resource in list(earlier["Resources"].items()):
        resource["Properties"].pop("LogConfig", None)
        if resource["Type"].startswith("ALIYUN::OTS::"):
            del resource["DeletionPolicy"], resource["Condition"]
        if resource["Type"].startswith("ALIYUN::SLS::") or name == "DiscoverResourcesConcurrency":
            del earlier["Resources"][name]
    del earlier["Outputs"]
    before = json.dumps(earlier)
    stack = account.create(before, "one", Parameters=given(OtsInstance="mine"))
    tables = dict(account.cloud.service("tablestore").instances["mine"].tables)

    for body in (BODY, before):
        account.update(stack, body, Parameters=given(OtsInstance="mine"))
        assert account.status(stack) == "UPDATE_COMPLETE"
        there = account.cloud.service("tablestore").instances["mine"].tables
        assert all(there[name] is found for name, found in tables.items())


@pytest.mark.long
def test_a_new_version_of_the_code_changes_functions_and_nothing_else(account: Account) -> None:
    account.put("code", "c.zip", "d.zip", "l.zip", "a.zip")
    stack = account.create(BODY, "one", Parameters=given(OtsInstance="mine"))
    new = given(OtsInstance="mine", CodeObject="d.zip")

    rows = account("PreviewStack", StackId=stack, TemplateBody=BODY, Parameters=new).stack.resources
    account.update(stack, BODY, Parameters=new)

    assert {row.resource_type for row in rows if row.action != "None"} == {"ALIYUN::FC3::Function"}
    assert not any(row.replacement == "True" for row in rows)
    assert account.status(stack) == "UPDATE_COMPLETE"
    assert len(account.functions("certdeploy-")) > 20


def test_the_stack_is_made_and_two_of_them_live_in_one_account(account: Account) -> None:
    account.put("code", "c.zip", "l.zip", "a.zip")

    first = account.create(BODY, "one", Parameters=given(OtsInstance="first"))
    second = account.create(BODY, "two", Parameters=given(OtsInstance="second", Prefix="other"))

    assert account.status(first) == account.status(second) == "CREATE_COMPLETE"
    assert len(account.functions("certdeploy-")) == len(account.functions("other-")) > 20
    assert account.tables("first") == account.tables("second") == {table.name for table in TABLES}
