"""template.yml against ROS's own property table, the code it deploys, and the limits of the platform."""

import ast
import json
import re
from typing import Any

import pytest

from host.cron import parse_cron
from host.patterns import check_pattern
from host.template import load_template
from shared.runtime.reach import RECORDER
from shared.state.tables import TABLES
from stack.code import code_of
from stack.target import VERSIONS
from tests.contract.rosfile import DOCUMENT, ROOT, TEXT, RosFile, folder
from tools import products

TEMPLATE = RosFile(DOCUMENT)
FUNCTIONS = TEMPLATE.of_type("ALIYUN::FC3::Function")
FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))
#: The way into AWS, which shared/cloud/aws.py reads, and where the key to it is.
OF_AWS = {"CERTDEPLOY_AWS_KEY", "CERTDEPLOY_AWS_ROLE_ARN"}
#: Of the stack's logs.
PROJECT = "certdeploy-1000000000000001"


def test_properties_and_references_are_those_of_ros() -> None:
    assert TEMPLATE.document["ROSTemplateFormatVersion"] == "2015-09-01"
    assert TEMPLATE.problems() == []


def test_the_template_is_within_the_limits_of_ros() -> None:
    assert len(TEXT.encode()) < 512 * 1024
    assert len(TEMPLATE.resources) <= 200


def test_every_parameter_is_used() -> None:
    used = set(re.findall(r"Ref: (\w+)", TEXT)) | set(re.findall(r"\$\{(\w+)\}", TEXT))
    assert set(TEMPLATE.parameters) <= used


def test_every_folder_is_a_function_and_every_function_a_folder() -> None:
    assert sorted(map(folder, FUNCTIONS.values())) == FOLDERS


@pytest.mark.parametrize("properties", FUNCTIONS.values(), ids=folder)
def test_a_function_names_a_handler_that_is_there(properties: dict[str, Any]) -> None:
    module, attribute = properties["Handler"].split(".")
    assert module == folder(properties)
    tree = ast.parse(code_of(ROOT)[f"{module}.py"])
    assert attribute in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("properties", FUNCTIONS.values(), ids=folder)
def test_a_function_runs_from_what_is_packaged(properties: dict[str, Any]) -> None:
    layers = ["Layer", "LayerOfAws"] if OF_AWS & set(properties["EnvironmentVariables"]) else ["Layer"]

    assert properties["Code"] == {"OssBucketName": "x", "OssObjectName": "x"}
    assert properties["Layers"] == [{"Fn::GetAtt": [layer, "LayerVersionArn"]} for layer in layers]


def test_the_runtimes_are_those_that_can_be_packaged_for() -> None:
    assert TEMPLATE.parameters["Runtime"]["AllowedValues"] == [f"python{version}" for version in VERSIONS]
    assert TEMPLATE.parameters["Runtime"]["Default"] == f"python{VERSIONS[0]}"


@pytest.mark.parametrize("properties", FUNCTIONS.values(), ids=folder)
def test_a_function_is_within_the_limits_of_function_compute(properties: dict[str, Any]) -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", properties["FunctionName"])
    assert len(folder(properties)) + 1 + 32 <= 64, "with the longest prefix that is allowed"
    assert properties["Runtime"] in {"python3.10", "python3.12"}
    assert properties["MemorySize"] % 64 == 0
    assert properties["DiskSize"] in {512, 10240}
    assert round(properties["Cpu"] / 0.05, 6).is_integer()
    gigabytes = properties["MemorySize"] / 1024
    assert properties["Cpu"] <= gigabytes <= 4 * properties["Cpu"]


def test_the_tables_are_those_of_the_code() -> None:
    declared = {
        properties["TableName"]: [(key["Name"], key["Type"]) for key in properties["PrimaryKey"]]
        for properties in TEMPLATE.of_type("ALIYUN::OTS::Table").values()
    }
    kinds = {str: "STRING", int: "INTEGER"}
    assert declared == {
        table.name: [(column.name, kinds[column.type]) for column in table.key] for table in TABLES
    }


def test_tables_keep_one_version_as_long_as_the_code_says_and_wait_for_their_instance() -> None:
    life_s = {table.name: table.life_s for table in TABLES}
    for name, properties in TEMPLATE.of_type("ALIYUN::OTS::Table").items():
        kept = life_s[properties["TableName"]]
        assert (properties["TimeToLive"], properties["MaxVersions"]) == (kept, 1)
        assert TEMPLATE.resources[name]["DependsOn"] == "Ots"


def test_the_state_outlives_its_stack_and_another_one_can_go_on_with_it() -> None:
    state = [one for one in TEMPLATE.resources.values() if one["Type"].startswith("ALIYUN::OTS::")]

    assert {one.get("DeletionPolicy") for one in state} == {"Retain"}
    assert {one.get("Condition") for one in state} == {"MakesState"}
    for value, made in (("new", True), ("kept", False)):
        assert RosFile(DOCUMENT, {"State": value}).resolver.holds("MakesState") is made


@pytest.mark.parametrize("properties", FUNCTIONS.values(), ids=folder)
def test_a_function_s_output_is_kept(properties: dict[str, Any]) -> None:
    assert properties["LogConfig"]["Project"] == PROJECT
    assert properties["LogConfig"]["Logstore"] == "functions"


def test_logs_can_be_searched() -> None:
    [project] = TEMPLATE.of_type("ALIYUN::SLS::Project").values()
    [index] = TEMPLATE.of_type("ALIYUN::SLS::Index").values()

    assert project["Name"] == PROJECT
    assert index["FullTextIndex"]["Enable"] is True
    assert len(f"{'x' * 32}-1000000000000001") <= 63, "with the longest prefix that is allowed"


def test_the_fan_out_leaves_instances_to_others_of_the_account() -> None:
    [limit] = TEMPLATE.of_type("ALIYUN::FC3::ConcurrencyConfig").values()

    assert limit == {"FunctionName": "certdeploy-discover_resources", "ReservedConcurrency": 10}


def test_events_start_functions_only_where_somebody_wants_it() -> None:
    """EventBridge has to be activated, and needs roles that may be missing."""
    assert load_template(ROOT / "template.yml").rules == ()
    rules = load_template(ROOT / "template.yml", {"EventBridge": "on"}).rules
    assert {rule.function for rule in rules} == {"certdeploy-scan_expiry", "certdeploy-create_deployment_job"}


def test_two_stacks_of_an_account_have_no_name_in_common() -> None:
    def names(prefix: str) -> set[str]:
        file = RosFile(DOCUMENT, {"Prefix": prefix, "OtsInstance": f"{prefix}-state"})
        named = ("FunctionName", "LayerName", "RoleName", "InstanceName", "ProjectName", "Name")
        kinds = {resource["Type"] for resource in file.resources.values()}
        found = [one for kind in kinds for one in file.of_type(kind).values()]
        return {one[key] for one in found for key in named if isinstance(one.get(key), str)}

    assert len(names("one")) == len(names("two")) > 60
    assert not names("one") & names("two")


def test_every_function_has_an_asynchronous_configuration() -> None:
    configured = TEMPLATE.of_type("ALIYUN::FC3::AsyncInvokeConfig").values()
    assert sorted(map(folder, configured)) == FOLDERS


def test_what_fails_for_good_is_sent_to_the_function_that_keeps_it() -> None:
    told = {spec.folder: spec.on_failure for spec in load_template(ROOT / "template.yml").functions.values()}

    assert told.pop(RECORDER) is None, "it would be told of its own failures"
    assert set(told.values()) == {f"certdeploy-{RECORDER}"}


@pytest.mark.parametrize("properties", TEMPLATE.of_type("ALIYUN::FC3::Trigger").values(), ids=folder)
def test_a_trigger_is_one_that_function_compute_takes(properties: dict[str, Any]) -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,127}", properties["TriggerName"])
    config = properties["TriggerConfig"]
    if properties["TriggerType"] == "timer":
        assert set(config) == {"cronExpression", "enable", "payload"}
        parse_cron(config["cronExpression"])
    else:
        assert properties["TriggerType"] == "eventbridge"
        assert {"triggerEnable", "asyncInvocationType", "eventRuleFilterPattern"} <= set(config)
        assert config["eventSourceConfig"] == {"eventSourceType": "Default"}
        check_pattern(json.loads(config["eventRuleFilterPattern"]))


def test_the_host_reads_the_template() -> None:
    template = load_template(ROOT / "template.yml", {"Prefix": "mine"})
    assert sorted(spec.folder for spec in template.functions.values()) == FOLDERS
    assert {timer.function for timer in template.timers} == {
        "mine-scan_expiry",
        "mine-discover_resources",
        "mine-run_deployment_jobs",
    }


def test_what_follows_from_the_code_is_written_anew_as_it_stands() -> None:
    wanted = products.files()
    there = {path for path in wanted if (ROOT / path).exists()}

    stale = [p for p in wanted if p not in there or (ROOT / p).read_text(encoding="utf-8") != wanted[p]]
    assert stale == [], "run: python -m tools.products"
