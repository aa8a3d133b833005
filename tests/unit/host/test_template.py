"""What the host reads in a template, and how it says what is wrong with one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from host.errors import TemplateError
from host.template import load_template

SAMPLE = Path(__file__).parents[2] / "functions_sample" / "template.yml"


def changed(tmp_path: Path, path: list[str], value: Any) -> Path:
    document = yaml.safe_load(SAMPLE.read_text())
    place = document["Resources"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    target = tmp_path / "template.yml"
    target.write_text(yaml.safe_dump(document))
    return target


def test_functions_are_read_with_their_asynchronous_configuration() -> None:
    template = load_template(SAMPLE, {"Prefix": "shop", "Age": "60", "Patience": "1"})

    work = template.functions["shop-work"]
    assert (work.folder, work.handler, work.timeout_s) == ("work", "index.handler", 1)
    assert (work.max_retries, work.max_age_s, work.on_failure) == (2, 60, "shop-told")
    echo = template.functions["shop-echo"]
    assert (echo.timeout_s, echo.memory_mb, echo.max_retries, echo.max_age_s) == (
        20,
        256,
        3,
        86400,
    )


def test_environment_is_resolved_and_what_only_a_stack_knows_is_left_out() -> None:
    environment = load_template(SAMPLE).functions["demo-echo"].environment

    assert environment == {
        "OFTEN": "@every 1h",
        "SWITCH": "true",
        "LITERAL": "${Prefix} is demo in cn-hangzhou",
        "ARN": "acs:fc:cn-hangzhou:1000000000000001:functions/demo-told",
        "JOINED": "demo/x",
    }


def test_triggers_are_read() -> None:
    template = load_template(SAMPLE, {"Enabled": "false"})

    [timer], [rule] = template.timers, template.rules
    assert (timer.function, timer.name, timer.payload) == ("demo-told", "hourly", "tick")
    assert not timer.enabled
    assert (rule.function, rule.name, rule.enabled) == ("demo-told", "news", True)
    assert rule.pattern["source"] == ["news"]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (["Echo", "Properties", "FunctionName"], {"Ref": "Prefixx"}, "'Prefixx'"),
        (["Echo", "Properties", "FunctionName"], {"Ref": "CodeBucket"}, "no value outside"),
        (["Echo", "Properties"], {"Handler": "x.y"}, "'FunctionName' is missing"),
        (["Echo", "Properties", "Timeout"], "soon", "Echo"),
        (["WorkAsync", "Properties", "FunctionName"], "nobody", "'nobody'"),
        (["WorkAsync", "Properties", "FunctionName"], {"Fn::GetAtt": ["Nix", "X"]}, "'Nix'"),
        (["WorkAsync", "Properties", "FunctionName"], {"Fn::If": []}, "Fn::If"),
        (["ToldTimer", "Properties", "TriggerType"], "log", "type 'log'"),
        (["ToldTimer", "Properties", "TriggerConfig"], {"cronExpression": "x"}, "6 fields"),
        (["ToldRule", "Properties", "TriggerConfig"], {}, "eventRuleFilterPattern"),
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
