"""What template.yml gives each function in its environment: settings that the code reads, and no secret."""

from __future__ import annotations

import re
from typing import Any

import pytest

from host.template import load_template
from shared.runtime.grants import grants
from shared.runtime.reach import RECORDER, reach
from shared.runtime.settings import Settings
from shared.state.tablestore_address import Address
from tests.contract.rosfile import DOCUMENT, ROOT, RosFile, folder

TEMPLATE = RosFile(DOCUMENT)
FUNCTIONS = TEMPLATE.of_type("ALIYUN::FC3::Function")
FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))
#: The way into AWS, which shared/cloud/aws.py reads, and where the key to it is.
OF_AWS = {"CERTDEPLOY_AWS_KEY", "CERTDEPLOY_AWS_ROLE_ARN"}
SCOPE_OF_AWS = {"CERTDEPLOY_AWS", "CERTDEPLOY_AWS_REGIONS"}
#: Settings that mean nothing there: of an emulated cloud, of one machine, what Function Compute tells, of
#: functions on 2.0; and one that has variables of its own.
ELSEWHERE = {"ENDPOINT", "TLS", "CHAT_ENDPOINT", "REGION", "ACCOUNT_ID", "FC2_SERVICE", "AWS_ACCESS"}
ELSEWHERE |= {"STATE", "IDENTITY", "FC_ENDPOINT", "FC_ACCESS_KEY_ID", "FC_ACCESS_KEY_SECRET"}


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
        callers = {"discover_resources", "deploy_aws", "clean_up_certificates"}
        assert OF_AWS & environment == (OF_AWS if name in callers else set()), name


def having(variable: str) -> set[str]:
    """The functions that the template gives it."""
    return {folder(each) for each in FUNCTIONS.values() if variable in each["EnvironmentVariables"]}


def test_hosts_reach_every_function_that_calls_the_cloud() -> None:
    called = {name for name, actions in grants().items() if actions}
    called |= {name for name, reached in reach().items() if reached.invokes or reached.secrets}

    assert having("CERTDEPLOY_HOSTS") == called
    apart = {RECORDER, "manage_contacts", "manage_quota", "manage_installation", "read_state"}
    assert having("CERTDEPLOY_HOSTS") == set(FOLDERS) - apart


def test_the_scope_reaches_every_function_that_plans_or_writes() -> None:
    writers = {name for name in FOLDERS if name.startswith("deploy_")}
    planners = {"create_deployment_job", "manage_deployment_jobs"}

    for variable in ("CERTDEPLOY_REGIONS", "CERTDEPLOY_PRODUCTS"):
        assert writers | planners | {"discover_resources", "discover_clusters"} <= having(variable), variable
    others = {"discover_resources", "deploy_aws", "read_state", "check_installation"}
    others |= {"clean_up_certificates"}
    for variable in SCOPE_OF_AWS:
        assert having(variable) == planners | others, variable


def test_the_stores_reach_every_function_that_looks_certificates_up() -> None:
    apart = {"run_deployment_jobs", "manage_contacts", "manage_installation", "notify_contacts", RECORDER}
    assert having("CERTDEPLOY_STORES") == having("CERTDEPLOY_ACCOUNTS") == set(FOLDERS) - apart


def test_the_roots_reach_every_function_that_weighs_certificates_or_asks_clients() -> None:
    apart = {"scan_expiry", "discover_resources", "discover_clusters", "run_deployment_jobs", RECORDER}
    apart |= {"manage_contacts", "manage_quota", "manage_installation", "notify_contacts"}
    assert having("CERTDEPLOY_ROOTS") == set(FOLDERS) - apart


def test_a_preview_rests_on_the_settings_of_the_job_that_it_shows() -> None:
    given = {folder(each): set(each["EnvironmentVariables"]) for each in FUNCTIONS.values()}

    only_made = given["create_deployment_job"] - given["manage_deployment_jobs"]
    automatic = {"CERTDEPLOY_AUTO", "CERTDEPLOY_WARNING_DAYS"}
    assert only_made == automatic, "which are of jobs that nobody asked for"


def test_every_setting_is_a_parameter_or_has_no_meaning_there() -> None:
    given = {name for each in FUNCTIONS.values() for name in each["EnvironmentVariables"]}

    lacking = {name for name in map(str.upper, Settings.model_fields) if f"CERTDEPLOY_{name}" not in given}
    assert lacking == ELSEWHERE


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
