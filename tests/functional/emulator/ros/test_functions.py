"""Functions, layers, triggers and their settings of a stack, as Function Compute itself has them."""

from __future__ import annotations

from typing import Any

from emulator.services.fc.model import Function
from tests.functional.emulator.ros.account import Account, project, template

CODE = {"OssBucketName": "code", "OssObjectName": "c.zip"}
NAME = {"Fn::GetAtt": ["Work", "FunctionName"]}


def resources(**more: Any) -> dict[str, Any]:
    """A function with all that it can have; `more`: of its properties."""
    work = {"FunctionName": "shop-work", "Runtime": "python3.10", "Handler": "index.handler", "Code": CODE}
    work |= {
        "EnvironmentVariables": {"SHOP_Size": 3},
        "Layers": [{"Fn::GetAtt": ["Base", "LayerVersionArn"]}],
    }
    layer = {"LayerName": "shop-base", "Code": CODE, "CompatibleRuntime": ["python3.10"]}
    timer = {"FunctionName": NAME, "TriggerName": "daily", "TriggerType": "timer"}
    timer["TriggerConfig"] = {"cronExpression": "@every 1h", "enable": True, "payload": ""}
    return {
        "Base": {"Type": "ALIYUN::FC3::LayerVersion", "Properties": layer | more.pop("layer", {})},
        "Work": {"Type": "ALIYUN::FC3::Function", "Properties": work | more},
        "Daily": {"Type": "ALIYUN::FC3::Trigger", "Properties": timer},
        "Retries": {
            "Type": "ALIYUN::FC3::AsyncInvokeConfig",
            "Properties": {"FunctionName": NAME, "MaxAsyncRetryAttempts": 1},
        },
        "Reserved": {
            "Type": "ALIYUN::FC3::ConcurrencyConfig",
            "Properties": {"FunctionName": NAME, "ReservedConcurrency": 2},
        },
    }


def the_function(account: Account) -> Function:
    [found] = account.cloud.service("fc").functions.values()
    assert isinstance(found, Function)
    return found


def test_a_stack_s_function_is_there_with_all_that_it_has(account: Account) -> None:
    account.put("code", "c.zip")
    arn = {"Value": {"Fn::GetAtt": ["Work", "ARN"]}}

    stack = account.create(template(resources(), Outputs={"Arn": arn}))

    found = the_function(account)
    assert account.outputs(stack) == {"Arn": found.arn}
    assert found.settings["environmentVariables"] == {"SHOP_Size": "3"}
    assert found.settings["layers"][0].endswith("layers/shop-base/versions/1")
    assert found.triggers["daily"].config["cronExpression"] == "@every 1h"
    assert found.asynchronous["maxAsyncRetryAttempts"] == 1
    assert found.reserved == 2


def test_what_is_due_is_there_for_who_asks_another_product(account: Account) -> None:
    account.put("code", "c.zip")
    account.create(template(resources()), wait=False)
    account.clock.advance(account.cloud.settle_s + 1)

    account.call("GetObject", {"bucket": "code", "key": "c.zip"})

    assert the_function(account).triggers


def test_a_changed_layer_makes_a_version_that_the_function_gets(account: Account) -> None:
    account.put("code", "c.zip", "d.zip")
    stack = account.create(template(resources()))

    changed = template(resources(layer={"Code": {**CODE, "OssObjectName": "d.zip"}}))
    rows = account("PreviewStack", StackId=stack, TemplateBody=changed).stack.resources
    account.update(stack, changed)

    told = {row.logical_resource_id: row.action for row in rows if row.action != "None"}
    assert told == {"Base": "Modify", "Work": "Modify"}
    found = the_function(account)
    assert account.status(stack) == "UPDATE_COMPLETE"
    assert found.settings["layers"][0].endswith("layers/shop-base/versions/2")
    assert found.triggers


def test_a_function_whose_code_is_not_there_takes_the_stack_back(account: Account) -> None:
    account.put("code")

    stack = account.create(template(resources()))

    assert account.status(stack) == "CREATE_ROLLBACK_COMPLETE"
    told = account(
        "ListStackEvents", StackId=stack, Status=["CREATE_FAILED"], LogicalResourceId=["Base"]
    ).events
    assert "c.zip of the bucket code cannot be read: NoSuchKey" in told[0].status_reason


def test_a_deleted_stack_takes_its_functions_and_layers_away(account: Account) -> None:
    account.put("code", "c.zip")
    stack = account.create(template(resources()))

    account("DeleteStack", StackId=stack)
    account.wait()

    assert account.status(stack) == "DELETE_COMPLETE"
    assert not account.cloud.service("fc").functions


def test_a_role_has_its_policies_and_a_change_of_them(account: Account) -> None:
    def role(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": [action], "Resource": ["*"]}
        trusted = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["fc.aliyuncs.com"]},
        }
        policy = {"PolicyName": "shop-work", "PolicyDocument": {"Version": "1", "Statement": [statement]}}
        trust = {"Version": "1", "Statement": [trusted]}
        given = {"RoleName": "shop-work", "AssumeRolePolicyDocument": trust, "Policies": [policy]}
        return {"Role": {"Type": "ALIYUN::RAM::Role", "Properties": given}}

    ram = account.cloud.service("ram")
    stack = account.create(
        template(role("cdn:Read"), Outputs={"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}})
    )
    assert account.outputs(stack) == {"Arn": "acs:ram::1000000000000001:role/shop-work"}
    assert [one["Action"] for one in ram.statements("shop-work")] == [["cdn:Read"]]

    account.update(stack, template(role("cdn:Write")))
    assert [one["Action"] for one in ram.statements("shop-work")] == [["cdn:Write"]]

    account("DeleteStack", StackId=stack)
    account.wait()
    assert (account.status(stack), ram.roles, ram.policies) == ("DELETE_COMPLETE", {}, {})


def test_a_log_store_is_there_with_its_index(account: Account) -> None:
    store = {"ProjectName": {"Ref": "Logs"}, "LogstoreName": "functions", "TTL": 7}
    index = {"ProjectName": {"Ref": "Logs"}, "LogstoreName": {"Ref": "Store"}}
    index["FullTextIndex"] = {"Enable": True, "Delimiter": ", /"}
    logs = {
        "Logs": project(),
        "Store": {"Type": "ALIYUN::SLS::Logstore", "Properties": store},
        "Index": {"Type": "ALIYUN::SLS::Index", "Properties": index},
    }

    stack = account.create(template(logs))

    found = account.cloud.service("sls").projects["logs-of-shop"].stores["functions"]
    assert found.settings["ttl"] == 7
    assert found.index["line"]["token"] == [",", " ", "/"]
    longer = {**store, "TTL": 14}
    account.update(stack, template(logs | {"Store": {**logs["Store"], "Properties": longer}}))
    assert found.settings["ttl"] == 14
    account("DeleteStack", StackId=stack)
    account.wait()
    assert account.cloud.service("sls").projects == {}


def test_a_template_may_be_an_object_of_oss(account: Account) -> None:
    account.put("code", "c.zip")
    put = {"bucket": "code", "key": "template.yml"}
    account.call("PutObject", put, template(resources()).encode())

    stack = account("CreateStack", StackName="shop", TemplateURL="oss://code/template.yml").stack_id
    account.wait()

    assert account.status(stack) == "CREATE_COMPLETE"
    url = "https://code.oss-cn-hangzhou.aliyuncs.com/template.yml"
    assert len(account("ValidateTemplate", TemplateURL=url).resources) == len(resources())
    wrong = "https://elsewhere.example/template.yml"
    assert account.refusal("ValidateTemplate", TemplateURL=wrong) == (501, "NotEmulated")
