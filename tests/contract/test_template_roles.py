"""The roles of template.yml: each is for one function, and grants what that calls and reaches, no more."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from host.intrinsics import PSEUDO
from shared.runtime.grants import ASSUME, KEYS, for_engine_cas, for_other_stores, grants
from shared.runtime.reach import OF_CONTACTS, READING, WRITING, invoked_for, reach
from shared.state.tables import CONTACTS, QUOTA, QUOTA_USE, TABLES
from tests.contract.rosfile import DOCUMENT, ROOT, RosFile

TEMPLATE = RosFile(DOCUMENT)
FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))
ROLES = TEMPLATE.of_type("ALIYUN::RAM::Role")
ROLE_OF = {
    properties["FunctionName"].removeprefix("certdeploy-"): properties["Role"]["Fn::GetAtt"][0]
    for properties in TEMPLATE.of_type("ALIYUN::FC3::Function").values()
}
ACCOUNT = f"{PSEUDO['ALIYUN::Region']}:{PSEUDO['ALIYUN::TenantId']}"
#: Other stacks in the account, with prefixes that begin or end as ours, or with a function's name.
OTHERS = (
    *(
        "certdeploy-prod",
        "certdeploy2",
        "my-certdeploy",
        "certdeploy-deploy",
        "certdeploy-deploy_x",
        "certdeploy-",
    ),
    *("certdeploy-run_deployment_jobs", "certdeploy-notify_contacts", "", "CERTDEPLOY", "certdeplo"),
)
OWN = ("fc:InvokeFunction", "kms:GetSecretValue", "log:PostLogStoreLogs")
THERE = "acs:ram::2000000000000002:role/certdeploy"  #: a role of another account
LONGEST_POLICY = 6144  #: characters without white space, as RAM counts


def statements(function: str) -> list[dict[str, Any]]:
    policies = ROLES[ROLE_OF[function]]["Policies"]
    return [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]


def may(function: str, action: str, resource: str) -> bool:
    return any(
        action in one["Action"] and any(fnmatchcase(resource, pattern) for pattern in one["Resource"])
        for one in statements(function)
        if one["Effect"] == "Allow"
    )


def actions(function: str) -> Iterator[str]:
    """Of the cloud's services, but for those that reach what is our own, or lead into other accounts."""
    for one in statements(function):
        yield from (name for name in one["Action"] if not name.startswith(("ots:", ASSUME, *OWN)))


def test_every_function_has_its_own_role() -> None:
    assert sorted(ROLE_OF) == FOLDERS
    assert sorted(ROLE_OF.values()) == sorted(ROLES)


@pytest.mark.parametrize("properties", ROLES.values(), ids=str)
def test_a_role_is_only_for_function_compute(properties: dict[str, Any]) -> None:
    [statement] = properties["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": ["fc.aliyuncs.com"]}
    assert re.fullmatch(r"[A-Za-z0-9-]{1,64}", properties["RoleName"])


@pytest.mark.parametrize("function", FOLDERS)
def test_a_role_grants_exactly_the_actions_that_its_function_calls(function: str) -> None:
    assert sorted(actions(function)) == sorted(grants()[function])


@pytest.mark.parametrize("function", FOLDERS)
def test_what_only_a_setting_needs_is_denied_without_it(function: str) -> None:
    needed = [rights.get(function, frozenset()) for rights in (for_other_stores(), for_engine_cas())]
    denied = {name for rights in needed for name in rights}

    for one in statements(function):
        if one["Action"] != [ASSUME]:
            assert one["Effect"] == ("Deny" if denied & set(one["Action"]) else "Allow")
        assert not denied & set(one["Action"]) or set(one["Action"]) in needed
    with_all = {"Stores": "cn-hangzhou,ap-southeast-1", "Engine": "cas", "Accounts": THERE}
    for policy in RosFile(DOCUMENT, with_all).of_type("ALIYUN::RAM::Role")[ROLE_OF[function]]["Policies"]:
        assert {one["Effect"] for one in policy["PolicyDocument"]["Statement"]} == {"Allow"}


@pytest.mark.parametrize("function", FOLDERS)
def test_roles_of_other_accounts_are_assumed_by_who_works_there_and_only_those_that_are_named(
    function: str,
) -> None:
    there = RosFile(DOCUMENT, {"Accounts": f"{THERE},{THERE}-2"})
    granted = [
        (one["Effect"], tuple(one["Resource"]))
        for template in (TEMPLATE, there)
        for policy in template.of_type("ALIYUN::RAM::Role")[ROLE_OF[function]]["Policies"]
        for one in policy["PolicyDocument"]["Statement"]
        if one["Action"] == [ASSUME]
    ]

    both = [("Deny", ("acs:ram::*:role/*",)), ("Allow", (THERE, f"{THERE}-2"))]
    enters = function.startswith(("scan_", "discover_", "deploy_", "clean_")) and function != "deploy_aws"
    assert granted == (both if enters else [])


def test_keys_are_read_by_functions_that_send_them_and_no_others() -> None:
    readers = {function for function in FOLDERS if KEYS & set(actions(function))}

    sends_pem = {"ack", "apigateway", "aws", "fc", "live", "oss", "sae", "slb"}
    assert readers == {f"deploy_{product}" for product in sends_pem}
    assert {name for name, needed in for_other_stores().items() if needed} == {"deploy_sae", "deploy_slb"}


@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_reads_and_writes_the_rows_of_its_tables_and_of_no_others(function: str) -> None:
    reached = reach()[function]

    for table in TABLES:
        there = f"acs:ots:{ACCOUNT}:instance/certdeploy/table/{table.name}"
        for names, tables in ((READING, reached.reads), (WRITING, reached.writes)):
            assert {may(function, name, there) for name in names} == {table in tables}, table.name
    assert not may(function, "ots:GetRow", f"acs:ots:{ACCOUNT}:instance/other/table/jobs")


@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_reads_the_secrets_that_its_settings_name_and_no_others(function: str) -> None:
    names = {"WebhookSecretName": "the-webhook-s", "AwsKeySecretName": "the-key-of-aws"}
    names |= {"SmtpPasswordName": "of-the-mail-server"}
    template = RosFile(DOCUMENT, names)
    named = {**names, OF_CONTACTS: "certdeploy/contact/*"}

    granted = {
        resource
        for policy in template.of_type("ALIYUN::RAM::Role")[ROLE_OF[function]]["Policies"]
        for one in policy["PolicyDocument"]["Statement"]
        for resource in one["Resource"]
        if "kms:GetSecretValue" in one["Action"]
    }

    assert granted == {f"acs:kms:{ACCOUNT}:secret/{named[name]}" for name in reach()[function].secrets}


@pytest.mark.parametrize("function", FOLDERS)
def test_what_is_our_own_is_granted_by_whole_names(function: str) -> None:
    """No pattern fits what has another name, whatever another stack, its tables or its secrets are called."""
    granted = [resource for one in statements(function) for resource in one["Resource"] if _is_own(one)]

    assert granted
    for pattern in granted:
        fixed, _, rest = pattern.partition("*")
        assert rest == ""
        assert fixed == pattern or re.search(
            r":functions/certdeploy-[a-z_]+/$|:secret/certdeploy/contact/$", fixed
        ), pattern
    named = {re.sub(r"(:functions/[^/]+|:secret/certdeploy/contact)/\*$", r"\1", one) for one in granted}
    for name in named:
        for other in (
            f"{name}x",
            f"{name}-x",
            f"{name}_x",
            name[:-1],
            name.replace("certdeploy-", "certdeploy-x-"),
        ):
            if other not in named:
                assert not any(fnmatchcase(other, pattern) for pattern in granted), other


def _is_own(statement: dict[str, Any]) -> bool:
    return any(action.startswith(("ots:", *OWN)) for action in statement["Action"])


@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_s_output_goes_to_the_store_of_its_stack_and_to_no_other(function: str) -> None:
    """Function Compute writes it with the function's role."""
    account = PSEUDO["ALIYUN::TenantId"]

    def writes(project: str, store: str = "functions") -> bool:
        there = f"acs:log:{ACCOUNT}:project/{project}/logstore/{store}"
        return may(function, "log:PostLogStoreLogs", there)

    assert writes(f"certdeploy-{account}")
    assert not any(writes(f"{other}-{account}") for other in OTHERS)
    assert not writes(f"certdeploy-{account}", "audit")


def test_who_notifies_writes_what_was_told_and_nothing_else() -> None:
    """Nor who is told, nor where: it reads secrets by the names that contacts have."""
    written = {table.name for table in reach()["notify_contacts"].writes}
    assert written == {"notifications", "open_notifications", "deliveries"}
    assert [name for name, one in reach().items() if CONTACTS in one.writes] == ["manage_contacts"]


def test_only_who_manages_the_quota_writes_what_was_bought() -> None:
    """Who creates and runs jobs writes what they have of it."""
    assert [name for name, one in reach().items() if QUOTA in one.writes] == ["manage_quota"]
    jobs = {"create_deployment_job", "run_deployment_jobs", "manage_deployment_jobs"}
    assert {name for name, one in reach().items() if QUOTA_USE in one.writes} == jobs


@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_invokes_those_that_it_calls_of_its_own_stack(function: str) -> None:
    invoked = reach()[function].invokes | invoked_for(function)
    arns = {name: f"acs:fc:{ACCOUNT}:functions/certdeploy-{name}" for name in FOLDERS}

    for name, arn in arns.items():
        assert may(function, "fc:InvokeFunction", arn) is (name in invoked), name
        assert may(function, "fc:InvokeFunction", f"{arn}/LATEST") is (name in invoked), name
        for other in OTHERS:
            foreign = f"acs:fc:{ACCOUNT}:functions/{other}-{name}"
            assert not may(function, "fc:InvokeFunction", foreign), foreign


@pytest.mark.parametrize("function", FOLDERS)
def test_a_policy_is_within_the_length_that_ram_takes_also_with_the_longest_prefix(function: str) -> None:
    text = json.dumps(statements(function), separators=(",", ":"))
    longest = text.replace("functions/certdeploy-", f"functions/{'x' * 32}-")

    assert len(longest) + len('{"Version":"1","Statement":}') <= LONGEST_POLICY
