"""Templates as ROS takes them: their functions, conditions and parameters, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.emulator.ros.account import STATE, Account, project, table, template

PARAMETERS = {
    "Prefix": {"Type": "String", "Default": "shop", "AllowedPattern": "[a-z]+"},
    "Days": {"Type": "Number", "Default": 30, "MinValue": 1},
    "On": {"Type": "Boolean", "Default": False},
    "Names": {"Type": "CommaDelimitedList", "Default": "a,b"},
    "Url": {"Type": "String", "Default": "", "NoEcho": True},
    "Size": {"Type": "String", "Default": "small", "AllowedValues": ["small", "large"]},
}
SECTIONS: dict[str, Any] = {
    "Parameters": PARAMETERS,
    "Mappings": {"Sizes": {"cn-hangzhou": {"small": 2, "large": 9}}},
    "Conditions": {
        "Large": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
        "SwitchedOn": {"Fn::Equals": [{"Ref": "On"}, True]},
        "Either": {"Fn::Or": ["Large", {"Condition": "SwitchedOn"}]},
        "Neither": {"Fn::Not": "Either"},
        "Both": {"Fn::And": ["Large", "SwitchedOn"]},
    },
}


def outputs(**values: Any) -> dict[str, Any]:
    return {name: {"Value": value} for name, value in values.items()}


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Prefix"}, "shop"),
        ({"Ref": "Days"}, 30),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "Logs"}, "logs-of-shop"),
        ({"Fn::GetAtt": ["Logs", "Name"]}, "logs-of-shop"),
        (
            {"Fn::Sub": "${Prefix}-${Days}-${Logs}-${Logs.Name}-${!kept}"},
            "shop-30-logs-of-shop-logs-of-shop-${kept}",
        ),
        ({"Fn::Sub": ["${Own}/${Prefix}", {"Own": {"Ref": "Size"}}]}, "small/shop"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Days"}, True]]}, "a-30-true"),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ({"Fn::Split": ["/", "a/b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "ALIYUN::Region"}, {"Ref": "Size"}]}, 2),
        ({"Fn::Base64Decode": {"Fn::Base64Encode": "ö"}}, "ö"),
        ({"Fn::If": ["Neither", "none", "some"]}, "none"),
        ({"Fn::If": ["Both", "none", {"Ref": "ALIYUN::TenantId"}]}, "1000000000000001"),
        ({"a": {"Ref": "ALIYUN::NoValue"}, "b": [{"Ref": "ALIYUN::NoValue"}, 1]}, {"b": [1]}),
        ({"Ref": "ALIYUN::StackName"}, "shop"),
    ],
)
def test_a_value_is_resolved(account: Account, value: Any, resolved: Any) -> None:
    stack = account.create(template({"Logs": project()}, **SECTIONS, Outputs=outputs(Told=value)))

    assert account.outputs(stack) == {"Told": resolved}


def test_given_parameters_stand_in_place_of_the_defaults(account: Account) -> None:
    given = [
        {"ParameterKey": "Size", "ParameterValue": "large"},
        {"ParameterKey": "On", "ParameterValue": "true"},
    ]
    told = outputs(Both={"Fn::If": ["Both", "yes", "no"]})
    stack = account.create(template({"Logs": project()}, **SECTIONS, Outputs=told), Parameters=given)

    assert account.outputs(stack) == {"Both": "yes"}


def test_what_is_declared_with_no_echo_is_not_told(account: Account) -> None:
    given = [{"ParameterKey": "Url", "ParameterValue": "https://hook.example/token"}]
    stack = account.create(template({"Logs": project()}, **SECTIONS), Parameters=given)

    rows = account("GetStack", StackId=stack).parameters
    told = {row.parameter_key: row.parameter_value for row in rows}
    assert (told["Url"], told["Prefix"], told["ALIYUN::StackId"]) == ("******", "shop", stack)


def test_a_change_may_go_on_with_the_parameters_of_before(account: Account) -> None:
    given = [{"ParameterKey": "Size", "ParameterValue": "large"}]
    body = template({"Logs": project()}, **SECTIONS, Outputs=outputs(Size={"Ref": "Size"}))
    stack = account.create(body, Parameters=given)

    account.update(stack, body + "# changed", UsePreviousParameters=True)
    assert account.outputs(stack) == {"Size": "large"}
    account.update(stack, body)
    assert account.outputs(stack) == {"Size": "small"}


def test_a_resource_and_an_output_may_have_a_condition(account: Account) -> None:
    resources = {"Logs": project(), "More": project("more", Condition="Large")}
    conditional = {"Told": {"Value": {"Ref": "More"}, "Condition": "Large"}}
    body = template(resources, **SECTIONS, Outputs=conditional)
    stack = account.create(body)
    assert (set(account.resources(stack)), account.outputs(stack)) == ({"Logs"}, {})

    account.update(stack, body, Parameters=[{"ParameterKey": "Size", "ParameterValue": "large"}])

    assert (set(account.resources(stack)), account.outputs(stack)) == ({"Logs", "More"}, {"Told": "more"})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[", "InvalidSchema"),
        ("[]", "InvalidSchema"),
        ("Resources: {}", "InvalidTemplateVersion"),
        (template({}).replace("2015", "2014"), "InvalidTemplateVersion"),
        (template({}, Resource={}), "InvalidTemplateSection"),
        (template({}, Transform="Aliyun::Serverless-2018-04-03"), "NotEmulated"),
        (template({"A": {"Properties": {}}}), "InvalidSchema"),
        (template({"A": project(Count=2)}), "InvalidSchema"),
        (template({"A": project(DeletionPolicy="Keep")}), "InvalidSchema"),
        (template({"A": {"Type": "ALIYUN::EventBridge::EventBus"}}), "StackValidationFailed"),
        (template({"A": project({"Ref": "Nobody"})}), "InvalidTemplateReference"),
        (template({"A": project({"Fn::Sub": "${Nobody}"})}), "InvalidTemplateReference"),
        (template({"A": project(DependsOn="Nobody")}), "InvalidTemplateReference"),
        (template({"A": project(Condition="Nobody")}), "InvalidTemplateReference"),
        (
            template({"A": project()}, Outputs=outputs(X={"Fn::GetAtt": ["A", "Size"]})),
            "InvalidTemplateAttribute",
        ),
        (template({"A": project({"Ref": "B"}), "B": project({"Ref": "A"})}), "CircularDependency"),
    ],
)
def test_a_wrong_template_is_refused(account: Account, body: str, code: str) -> None:
    assert account.refusal("ValidateTemplate", TemplateBody=body)[1] == code
    assert account.refusal("CreateStack", StackName="shop", TemplateBody=body)[1] == code
    assert account("ListStacks").stacks == []


@pytest.mark.parametrize(
    "condition",
    [
        {"Fn::Not": ["Large"]},
        {"Fn::Equals": ["a"]},
        {"Fn::Xor": ["Large", "Large"]},
        "Nobody",
        {"Fn::And": 1},
    ],
)
def test_a_wrong_condition_is_refused(account: Account, condition: Any) -> None:
    sections = {**SECTIONS, "Conditions": {**SECTIONS["Conditions"], "Wrong": condition}}
    body = template({"Logs": project(Condition="Wrong")}, **sections)

    assert account.refusal("CreateStack", StackName="shop", TemplateBody=body)[0] == 400


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("Nobody", "x", "UnknownUserParameter"),
        ("Size", "huge", "InvalidParameter"),
        ("Prefix", "Shop", "InvalidParameter"),
        ("Days", "0", "InvalidParameter"),
        ("Days", "many", "InvalidParameter"),
        ("On", "maybe", "InvalidParameter"),
    ],
)
def test_a_wrong_parameter_is_refused(account: Account, key: str, value: str, code: str) -> None:
    body, given = template({}, **SECTIONS), [{"ParameterKey": key, "ParameterValue": value}]

    assert account.refusal("CreateStack", StackName="shop", TemplateBody=body, Parameters=given) == (
        400,
        code,
    )


def test_a_parameter_without_a_default_has_to_be_given(account: Account) -> None:
    body = template({}, Parameters={"Bucket": {"Type": "String"}})

    assert account.refusal("CreateStack", StackName="shop", TemplateBody=body) == (
        400,
        "UserParameterMissing",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"Orders": {**table("orders"), "Properties": {"TableName": "orders"}}},
        {"Logs": {"Type": "ALIYUN::SLS::Project", "Properties": {"Name": "logs", "Colour": "red"}}},
        {"Logs": project("no_underscores")},
        {"Logs": project("x" * 64)},
        {"Logs": project(["logs"])},
        {"State": {**STATE, "Properties": {"InstanceName": "shop", "ClusterType": "TAPE"}}},
    ],
    ids=["missing", "unknown", "pattern", "length", "type", "value"],
)
def test_a_wrong_property_is_refused_before_anything_is_made(account: Account, wrong: dict[str, Any]) -> None:
    body = template({"State": STATE, **wrong})

    for action in ("CreateStack", "PreviewStack"):
        assert account.refusal(action, StackName="shop", TemplateBody=body) == (400, "StackValidationFailed")


def test_a_preview_shows_what_a_new_stack_would_make(account: Account) -> None:
    body = template({"Orders": table("orders"), "State": STATE})

    told = account("PreviewStack", StackName="shop", TemplateBody=body).stack

    rows = [(row.logical_resource_id, row.action, row.required_by) for row in told.resources]
    assert rows == [("State", "Add", ["Orders"]), ("Orders", "Add", [])]
    assert account("ListStacks").stacks == []


def test_a_preview_of_a_change_shows_what_becomes_of_each_resource(account: Account) -> None:
    stack = account.create(template({"State": STATE, "Orders": table("orders"), "Logs": project()}))
    longer = table("orders")
    longer["Properties"]["TimeToLive"] = 90_000
    body = template({"State": STATE, "Orders": longer, "Logs": project("others"), "More": project("more")})

    rows = account("PreviewStack", StackId=stack, TemplateBody=body).stack.resources
    told = {row.logical_resource_id: (row.action, row.replacement) for row in rows}

    assert told == {
        "State": ("None", None),
        "Orders": ("Modify", "False"),
        "Logs": ("Modify", "True"),
        "More": ("Add", None),
    }
    gone = account("PreviewStack", StackId=stack, TemplateBody=template({"State": STATE})).stack.resources
    assert {row.logical_resource_id: row.action for row in gone} == {
        "State": "None",
        "Orders": "Remove",
        "Logs": "Remove",
    }


def test_a_template_in_json_is_taken_too(account: Account) -> None:
    body = '{"ROSTemplateFormatVersion": "2015-09-01", "Description": "none"}'

    assert account("ValidateTemplate", TemplateBody=body).description == "none"
