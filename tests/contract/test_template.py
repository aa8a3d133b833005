"""template.yml against ROS's own property table, the code it deploys, and the limits of the platform."""

import ast
import json
import re
from typing import Any

import pytest

from host.cron import parse_cron
from host.patterns import check_pattern
from host.template import load_template
from shared.runtime.grants import grants
from shared.runtime.reach import RECORDER, reach
from shared.runtime.settings import Settings
from shared.state.tables import TABLES
from shared.state.tablestore_address import Address
from stack.code import code_of
from stack.target import VERSIONS
from tests.contract.rosfile import DOCUMENT, ROOT, TEXT, RosFile
from tools import products

TEMPLATE = RosFile(DOCUMENT)
FUNCTIONS = TEMPLATE.of_type("ALIYUN::FC3::Function")
FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))
#: The way into AWS, which shared/cloud/aws.py reads, and where the key to it is.
OF_AWS = {"CERTDEPLOY_AWS_KEY", "CERTDEPLOY_AWS_ROLE_ARN"}
SCOPE_OF_AWS = {"CERTDEPLOY_AWS", "CERTDEPLOY_AWS_REGIONS"}


def folder(properties: dict[str, Any]) -> str:
    return str(properties["FunctionName"]).removeprefix("certdeploy-")


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


@pytest.mark.parametrize("properties", FUNCTIONS.values(), ids=folder)
def test_the_environment_is_what_the_code_reads(properties: dict[str, Any]) -> None:
    environment = properties["EnvironmentVariables"]
    read = {f"CERTDEPLOY_{field.upper()}" for field in Settings.model_fields}
    assert set(environment) <= read | OF_AWS | SCOPE_OF_AWS
    assert sum(len(name) + len(str(value)) for name, value in environment.items()) <= 4096
    assert not any(name.startswith("FC_") for name in environment)


def test_the_defaults_are_settings_that_the_code_accepts() -> None:
    for spec in load_template(ROOT / "template.yml").functions.values():
        values = {
            name.removeprefix("CERTDEPLOY_").lower(): value
            for name, value in spec.environment.items()
            if value and name not in OF_AWS | SCOPE_OF_AWS
        }
        settings = Settings.model_validate(values)
        assert settings.prefix == "certdeploy"
        assert settings.tablestore == Address(
            "certdeploy", "https://certdeploy.cn-hangzhou.vpc.tablestore.aliyuncs.com"
        )


def test_the_key_to_aws_reaches_the_functions_that_call_it_and_no_other() -> None:
    environments = {folder(each): set(each["EnvironmentVariables"]) for each in FUNCTIONS.values()}

    for name, environment in environments.items():
        callers = {"discover_resources", "deploy_aws"}
        assert OF_AWS & environment == (OF_AWS if name in callers else set()), name


def having(variable: str) -> set[str]:
    """The functions that the template gives it."""
    return {folder(each) for each in FUNCTIONS.values() if variable in each["EnvironmentVariables"]}


def test_hosts_reach_every_function_that_calls_the_cloud() -> None:
    called = {name for name, actions in grants().items() if actions}
    called |= {name for name, reached in reach().items() if reached.invokes or reached.secrets}

    assert having("CERTDEPLOY_HOSTS") == called
    apart = {RECORDER, "manage_contacts", "manage_quota", "read_state"}
    assert having("CERTDEPLOY_HOSTS") == set(FOLDERS) - apart


def test_the_scope_reaches_every_function_that_plans_or_writes() -> None:
    writers = {name for name in FOLDERS if name.startswith("deploy_")}
    planners = {"create_deployment_job", "manage_deployment_jobs"}

    for variable in ("CERTDEPLOY_REGIONS", "CERTDEPLOY_PRODUCTS"):
        assert writers | planners | {"discover_resources", "discover_clusters"} <= having(variable), variable
    others = {"discover_resources", "deploy_aws", "read_state", "check_installation"}
    for variable in SCOPE_OF_AWS:
        assert having(variable) == planners | others, variable


def test_the_stores_reach_every_function_that_looks_certificates_up() -> None:
    apart = {"run_deployment_jobs", "manage_contacts", "notify_contacts", RECORDER}
    assert having("CERTDEPLOY_STORES") == set(FOLDERS) - apart


def test_the_roots_reach_every_function_that_weighs_certificates_or_asks_clients() -> None:
    apart = {"scan_expiry", "discover_resources", "discover_clusters", "run_deployment_jobs", RECORDER}
    apart |= {"manage_contacts", "manage_quota", "notify_contacts"}
    assert having("CERTDEPLOY_ROOTS") == set(FOLDERS) - apart


def test_a_preview_rests_on_the_settings_of_the_job_that_it_shows() -> None:
    given = {folder(each): set(each["EnvironmentVariables"]) for each in FUNCTIONS.values()}

    only_made = given["create_deployment_job"] - given["manage_deployment_jobs"]
    automatic = {"CERTDEPLOY_AUTO", "CERTDEPLOY_WARNING_DAYS"}
    assert only_made == automatic, "which are of jobs that nobody asked for"


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


def test_a_url_that_may_hold_a_token_is_not_shown_by_ros() -> None:
    assert TEMPLATE.parameters["WebhookUrl"]["NoEcho"] is True


def test_no_secret_is_a_parameter_or_in_a_function_s_environment() -> None:
    """Whoever may read a function's configuration (fc:GetFunction) would see it."""
    kept = {"WebhookSecretName": "CERTDEPLOY_WEBHOOK_SECRET", "AwsKeySecretName": "CERTDEPLOY_AWS_KEY"}
    kept |= {"SmtpPasswordName": "CERTDEPLOY_SMTP_PASSWORD"}
    names = [name for name in TEMPLATE.parameters if re.search("Secret|Key|Password|Token", name)]
    assert sorted(names) == sorted(kept)

    filled = load_template(ROOT / "template.yml", dict.fromkeys(kept, "a/name"))
    empty = load_template(ROOT / "template.yml")
    for parameter, variable in kept.items():
        readers = {name for name, reached in reach().items() if parameter in reached.secrets}
        assert readers
        assert having(variable) == readers
        for name in readers:
            assert filled.functions[f"certdeploy-{name}"].environment[variable] == "kms:a/name"
            assert empty.functions[f"certdeploy-{name}"].environment[variable] == ""


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
