"""What the host reads in a template, and how it says what is wrong with one."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from host.errors import TemplateError
from host.template import load_template

NOON = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)
SAMPLE = Path(__file__).parents[2] / "functions_sample" / "template.yml"


def changed(tmp_path: Path, path: list[str], value: Any) -> Path:
    document = yaml.safe_load(SAMPLE.read_text())
    place = document["Resources"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    target = tmp_path / "template.yml"
    target.write_text(yaml.safe_dump(document, sort_keys=False))
    return target


def test_functions_are_read_with_their_asynchronous_configuration() -> None:
    template = load_template(SAMPLE, {"Prefix": "shop", "Age": "60", "Patience": "1"})

    assert set(template.functions) == {"shop-work", "shop-echo", "shop-told", "shop-broken"}
    work = template.functions["shop-work"]
    assert (work.folder, work.handler, work.timeout_s) == ("work", "index.handler", 1)
    assert (work.max_retries, work.max_age_s, work.on_failure) == (2, 60, "shop-told")
    echo = template.functions["shop-echo"]
    assert (echo.timeout_s, echo.memory_mb) == (20, 256)


def test_what_a_function_does_not_set_is_function_computes_default() -> None:
    told = load_template(SAMPLE).functions["demo-told"]

    assert (told.timeout_s, told.memory_mb, told.environment) == (3, 512, {})
    assert (told.max_retries, told.max_age_s, told.on_failure) == (3, 86400, None)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, (3, 86400, None)),
        ({"MaxAsyncRetryAttempts": 0}, (0, 86400, None)),
        ({"MaxAsyncEventAgeInSeconds": 5}, (3, 5, None)),
        ({"DestinationConfig": {}}, (3, 86400, None)),
        ({"DestinationConfig": {"OnSuccess": {"Destination": "x"}}}, (3, 86400, None)),
        ({"DestinationConfig": {"OnFailure": {}}}, (3, 86400, None)),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "acs:fc:::functions/demo-echo"}}},
            (3, 86400, "demo-echo"),
        ),
    ],
)
def test_each_part_of_the_asynchronous_configuration_may_be_absent(
    tmp_path: Path, config: dict[str, Any], expected: tuple[int, int, str | None]
) -> None:
    properties = {"FunctionName": "demo-work", **config}
    work = load_template(changed(tmp_path, ["WorkAsync", "Properties"], properties)).functions["demo-work"]
    assert (work.max_retries, work.max_age_s, work.on_failure) == expected


def test_environment_is_resolved_and_what_only_a_stack_knows_is_left_out() -> None:
    environment = load_template(SAMPLE).functions["demo-echo"].environment

    assert environment == {
        "OFTEN": "@every 1h",
        "SWITCH": "true",
        "LITERAL": "${Prefix} is demo in cn-hangzhou",
        "ARN": "acs:fc:cn-hangzhou:1000000000000001:functions/demo-told",
        "JOINED": "demo/x",
    }


def test_a_variable_is_text_whatever_its_value(tmp_path: Path) -> None:
    variables = {"ON": True, "OFF": False, "NUMBER": 5, "AFTER": {"Ref": "Ots"}, "TEXT": "x"}
    path = changed(tmp_path, ["Echo", "Properties", "EnvironmentVariables"], variables)

    environment = load_template(path).functions["demo-echo"].environment

    assert environment == {"ON": "true", "OFF": "false", "NUMBER": "5", "TEXT": "x"}


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ({"Fn::Sub": "${Prefix}-echo"}, "echo"),
        ({"Fn::Sub": "${Prefix}echo-it"}, "echo-it"),
        ({"Fn::Sub": "echo"}, "echo"),
        ({"Ref": "Prefix"}, "demo"),
        ("demo-echo", "demo-echo"),
    ],
)
def test_a_functions_folder_is_its_name_after_the_prefix(tmp_path: Path, name: Any, folder: str) -> None:
    template = load_template(changed(tmp_path, ["Echo", "Properties", "FunctionName"], name))
    assert folder in {spec.folder for spec in template.functions.values()}


def test_triggers_are_read() -> None:
    template = load_template(SAMPLE, {"Enabled": "false", "Often": "0 0 4 * * *"})

    timers = [(timer.function, timer.name, timer.payload, timer.enabled) for timer in template.timers]
    assert timers == [("demo-told", "hourly", "tick", False), ("demo-told", "daily", "", True)]
    times = [timer.trigger.get_next_fire_time(NOON, NOON) for timer in template.timers]
    assert times == [NOON + timedelta(hours=16), NOON + timedelta(hours=24)]
    assert [(rule.function, rule.name, rule.enabled) for rule in template.rules] == [
        ("demo-told", "news", True),
        ("demo-work", "all-news", True),
        ("demo-broken", "never", False),
    ]
    assert template.rules[0].pattern == {"source": ["news"], "data": {"rank": [{"numeric": [">", 3]}]}}


@pytest.mark.parametrize(("enabled", "there"), [("true", True), ("false", False)])
def test_a_resource_whose_condition_does_not_hold_is_not_there(
    tmp_path: Path, enabled: str, there: bool
) -> None:
    document = yaml.safe_load(SAMPLE.read_text())
    document["Conditions"] = {"On": {"Fn::Equals": [{"Ref": "Enabled"}, "true"]}}
    document["Resources"]["ToldRule"]["Condition"] = "On"
    path = tmp_path / "template.yml"
    path.write_text(yaml.safe_dump(document))

    rules = load_template(path, {"Enabled": enabled}).rules

    assert ("news" in {rule.name for rule in rules}) is there


@pytest.mark.parametrize(
    ("switch", "enabled"),
    [(True, True), (False, False), ("true", True), ("True", True), ("false", False), ("", False)],
)
def test_a_trigger_is_switched_by_a_boolean_or_its_text(tmp_path: Path, switch: Any, enabled: bool) -> None:
    timer = {"cronExpression": "@every 1h", "enable": switch}
    rule = {"eventRuleFilterPattern": "{}", "triggerEnable": switch}

    timers = load_template(changed(tmp_path, ["ToldTimer", "Properties", "TriggerConfig"], timer)).timers
    rules = load_template(changed(tmp_path, ["ToldRule", "Properties", "TriggerConfig"], rule)).rules

    assert (timers[0].enabled, rules[0].enabled) == (enabled, enabled)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (["Echo", "Properties", "FunctionName"], {"Ref": "Prefixx"}, "'Prefixx'"),
        (["Echo", "Properties", "FunctionName"], {"Ref": "CodeBucket"}, "no value outside"),
        (["Echo", "Properties"], {"Handler": "x.y"}, "'FunctionName' is missing"),
        (["Echo", "Properties", "Timeout"], "soon", "Echo"),
        (["WorkAsync", "Properties", "FunctionName"], "nobody", "'nobody'"),
        (["WorkAsync", "Properties", "FunctionName"], {"Fn::GetAtt": ["Nix", "X"]}, "'Nix'"),
        (["WorkAsync", "Properties", "FunctionName"], {"Fn::Select": []}, "Fn::Select"),
        (["ToldTimer", "Properties", "TriggerType"], "log", "type 'log'"),
        (["ToldTimer", "Properties", "TriggerConfig"], {"cronExpression": "x"}, "6 fields"),
        (["ToldRule", "Properties", "TriggerConfig"], {}, "ToldRule: 'eventRuleFilterPattern' is missing"),
        (["ToldRule", "Properties", "TriggerConfig"], {"eventRuleFilterPattern": "{"}, "ToldRule: "),
        (
            ["ToldRule", "Properties", "TriggerConfig"],
            {"eventRuleFilterPattern": '{"source": "x"}'},
            "ToldRule: pattern.source: must be an object",
        ),
        (["ToldRule", "Properties", "FunctionName"], "nobody", "'nobody' without declaring it"),
        (["ToldTimer", "Properties", "FunctionName"], "nobody", "'nobody' without declaring it"),
        (["ToldTimer", "Properties", "TriggerConfig"], "x", "ToldTimer: "),
        (
            ["WorkAsync", "Properties", "DestinationConfig"],
            {"OnFailure": {"Destination": "acs:mns:::queues/failures"}},
            "'acs:mns:::queues/failures' without declaring it",
        ),
        (["ToldRule", "Condition"], "Nix", "ToldRule: there is no condition 'Nix'"),
        (["Echo"], {"Type": "ALIYUN::FC3::Function"}, "Echo: 'FunctionName' is missing"),
        (["Echo", "Properties", "EnvironmentVariables", "OFTEN"], {"Ref": "Nix"}, "'Nix'"),
    ],
)
def test_a_mistake_is_named_with_its_resource(
    tmp_path: Path, path: list[str], value: Any, reason: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        load_template(changed(tmp_path, path, value))
    assert reason in str(caught.value)


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(TemplateError, match="'Prefx'"):
        load_template(SAMPLE, {"Prefx": "x"})


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "Resources: 5"])
def test_what_is_no_template_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "template.yml"
    path.write_text(text)
    with pytest.raises(TemplateError, match=r"template\.yml"):
        load_template(path)
