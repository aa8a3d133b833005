"""ROS's functions and references, as far as one machine knows their values."""

from typing import Any

import pytest

from host.errors import TemplateError
from host.intrinsics import Resolver, UnknownHere

DOCUMENT: dict[str, Any] = {
    "Parameters": {
        "Prefix": {"Type": "String", "Default": "shop"},
        "Count": {"Type": "Number", "Default": 0},
        "Bucket": {"Type": "String"},
    },
    "Conditions": {
        "Usual": {"Fn::Equals": [{"Ref": "Prefix"}, "shop"]},
        "Many": {"Fn::Equals": [{"Ref": "Count"}, 7]},
        "Odd": {"Fn::Not": "Usual"},
    },
    "Resources": {
        "Work": {
            "Type": "ALIYUN::FC3::Function",
            "Properties": {
                "FunctionName": {"Fn::Sub": "${Prefix}-work"},
                "Tags": [{"Key": "a"}, {"Ref": "Prefix"}],
            },
        },
        "Ots": {"Type": "ALIYUN::OTS::Instance"},
    },
}


def resolve(value: Any, **parameters: str) -> Any:
    return Resolver(DOCUMENT, parameters).resolve(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain ${Prefix}", "plain ${Prefix}"),
        (5, 5),
        (None, None),
        ({}, {}),
        ({"Ref": "Prefix"}, "shop"),
        ({"Ref": "Count"}, 0),
        ({"Ref": "ALIYUN::Region"}, "cn-hangzhou"),
        ({"Ref": "ALIYUN::TenantId"}, "1000000000000001"),
        ({"Ref": "ALIYUN::AccountId"}, "1000000000000001"),
        ({"Ref": "ALIYUN::StackName"}, "local"),
        ([{"Ref": "Prefix"}, ["x", {"Ref": "Count"}]], ["shop", ["x", 0]]),
        ({"a": {"b": [{"Ref": "Prefix"}]}}, {"a": {"b": ["shop"]}}),
        ({"Ref": "Prefix", "b": {"Ref": "Prefix"}}, {"Ref": "Prefix", "b": "shop"}),
        ({"Fn::Sub": "none"}, "none"),
        ({"Fn::Sub": "a ${Prefix} ${Count} b"}, "a shop 0 b"),
        ({"Fn::Sub": "${!Prefix} ${Prefix}"}, "${Prefix} shop"),
        ({"Fn::Sub": "$Prefix ${Work.FunctionName}"}, "$Prefix shop-work"),
        ({"Fn::GetAtt": ["Work", "FunctionName"]}, "shop-work"),
        ({"Fn::GetAtt": ["Work", "Tags"]}, [{"Key": "a"}, "shop"]),
        ({"Fn::GetAtt": ["Work", "ARN"]}, "acs:fc:cn-hangzhou:1000000000000001:functions/shop-work"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Prefix"}, {"Ref": "Count"}]]}, "a-shop-0"),
        ({"Fn::Join": [",", []]}, ""),
        ({"Fn::If": ["Usual", {"Ref": "Prefix"}, "other"]}, "shop"),
        ({"Fn::If": ["Many", "many", [{"Ref": "Count"}]]}, [0]),
    ],
)
def test_a_value_is_what_a_stack_would_make_of_it(value: Any, expected: Any) -> None:
    assert resolve(value) == expected


def test_a_parameter_wins_over_its_default_and_over_the_region() -> None:
    given = {"Prefix": "mine", "ALIYUN::Region": "cn-beijing", "ALIYUN::TenantId": "7"}

    assert resolve({"Ref": "Prefix"}, **given) == "mine"
    assert resolve({"Fn::GetAtt": ["Work", "ARN"]}, **given) == "acs:fc:cn-beijing:7:functions/mine-work"
    assert resolve({"Ref": "Bucket"}, Bucket="code") == "code"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"Ref": "Bucket"}, "Bucket"),
        ({"Ref": "Ots"}, "Ots"),
        ({"Ref": "ALIYUN::StackId"}, "ALIYUN::StackId"),
        ({"Fn::Sub": "a ${Bucket}"}, "Bucket"),
        ({"Fn::Sub": "a ${Ots.Endpoint}"}, "Ots.Endpoint"),
        ({"Fn::GetAtt": ["Ots", "PublicEndpoint"]}, "Ots.PublicEndpoint"),
        ({"Fn::GetAtt": ["Ots", "ARN"]}, "Ots.ARN"),
        ({"Fn::GetAtt": ["Work", "Arn"]}, "Work.Arn"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Ots"}]]}, "Ots"),
        ([{"Ref": "Ots"}], "Ots"),
    ],
)
def test_what_only_a_stack_knows_has_no_value(value: Any, name: str) -> None:
    with pytest.raises(UnknownHere) as unknown:
        resolve(value)
    assert str(unknown.value) == f"{name} has no value outside a stack"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Ref": "Prefixx"}, "'Prefixx' is neither a parameter nor a resource"),
        ({"Fn::Sub": "${Prefixx}"}, "'Prefixx' is neither a parameter nor a resource"),
        ({"Fn::Sub": ["${a}", {"a": "b"}]}, "Fn::Sub with its own map is not supported"),
        ({"Fn::Sub": "${Nix.ARN}"}, "there is no resource 'Nix'"),
        ({"Fn::GetAtt": ["Nix", "FunctionName"]}, "there is no resource 'Nix'"),
        ({"Fn::If": ["Nix", "b", "c"]}, "there is no condition 'Nix'"),
        ({"Fn::If": ["Odd", "b", "c"]}, "the condition Odd is not Fn::Equals"),
        ([{"a": {"Fn::Select": [0, []]}}], "Fn::Select is not supported by the host"),
    ],
)
def test_what_is_wrong_or_not_understood_is_named(value: Any, reason: str) -> None:
    with pytest.raises(TemplateError) as refused:
        resolve(value)
    assert reason in str(refused.value)


def test_a_parameter_that_the_template_lacks_is_refused() -> None:
    with pytest.raises(TemplateError, match="the template has no parameter 'Prefx'"):
        resolve("x", Prefx="shop")


@pytest.mark.parametrize("document", [{"Resources": {}}, {"Resources": {}, "Parameters": None}])
def test_a_template_needs_no_parameters(document: dict[str, Any]) -> None:
    assert Resolver(document, {"ALIYUN::Region": "x"}).resolve({"Ref": "ALIYUN::Region"}) == "x"
