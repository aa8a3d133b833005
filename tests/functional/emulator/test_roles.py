"""Roles: made by RAM's API, assumed at STS, and held against every call that is made with their session."""

from __future__ import annotations

import json
from typing import Any

import alibabacloud_oss_v2 as oss
import pytest
import tablestore
from alibabacloud_fc20230330.client import Client as Functions
from alibabacloud_fc20230330.models import ListFunctionsRequest
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_sts20150401.models import AssumeRoleRequest
from darabonba.exceptions import DaraException

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.keys import AccessKey
from emulator.server import Server
from tests.functional.emulator.clients import admin, call, config

RAM, CDN, CAS = "2015-05-01", "2018-05-10", "2020-04-07"
ACCOUNT = "1000000000000001"
ROLE = f"acs:ram::{ACCOUNT}:role/deployer"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "1", "Statement": list(statements)})


def allow(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def trust(who: str = f"acs:ram::{ACCOUNT}:root", **more: Any) -> str:
    principal = {"Service": [who]} if who.endswith(".com") else {"RAM": [who]}
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more})


def ram(server: Server, action: str, **params: Any) -> Any:
    return call(server, action, RAM, params)


def make(server: Server, *statements: dict[str, Any], trusted: str = "", name: str = "deployer") -> None:
    ram(server, "CreateRole", RoleName=name, AssumeRolePolicyDocument=trusted or trust())
    ram(server, "CreatePolicy", PolicyName=name, PolicyDocument=document(*statements))
    ram(server, "AttachPolicyToRole", PolicyType="Custom", PolicyName=name, RoleName=name)


def assumed(server: Server, **more: Any) -> AccessKey:
    request = AssumeRoleRequest(role_arn=ROLE, role_session_name="test", **more)
    told = Sts(config(server)).assume_role(request).body.credentials
    return server.cloud.keys.get(told.access_key_id, told.security_token, server.cloud.signing_clock())


def refusal(server: Server, action: str, version: str, params: Any, key: AccessKey) -> str:
    with pytest.raises(DaraException) as refused:
        call(server, action, version, params, key=key)
    return refused.value.code


def test_a_role_does_what_its_policy_allows_and_nothing_else(server: Server) -> None:
    make(server, allow("cdn:Describe*", "yundun-cert:ListCertificates"))
    key = assumed(server)

    assert "Domains" in call(server, "DescribeUserDomains", CDN, {}, key=key)
    domain = {"DomainName": "www.example.com", "SSLProtocol": "off"}
    assert refusal(server, "SetCdnDomainSSLCertificate", CDN, domain, key) == "Forbidden.RAM"
    assert refusal(server, "CreateRole", RAM, {"RoleName": "a", "AssumeRolePolicyDocument": trust()}, key)
    assert "Domains" in call(server, "DescribeUserDomains", CDN, {})  # the account's own key


def test_a_deny_wins_and_a_change_of_the_policy_counts_at_once(server: Server) -> None:
    make(server, allow("*"), {"Effect": "Deny", "Action": "cdn:*", "Resource": "*"})
    key = assumed(server)
    assert refusal(server, "DescribeUserDomains", CDN, {}, key) == "Forbidden.RAM"

    ram(
        server,
        "CreatePolicyVersion",
        PolicyName="deployer",
        PolicyDocument=document(allow("*")),
        SetAsDefault=True,
    )

    assert "Domains" in call(server, "DescribeUserDomains", CDN, {}, key=key)


@pytest.mark.parametrize(
    ("resource", "may"),
    [
        (f"acs:cdn:*:{ACCOUNT}:domain/*", True),
        (f"acs:cdn:*:{ACCOUNT}:domain/www.example.com", True),
        (f"acs:cdn:*:{ACCOUNT}:domain/*.example.com", True),
        (f"acs:cdn:*:{ACCOUNT}:domain/ww.example.com", False),
        ("acs:cdn:*:2:domain/*", False),
    ],
)
def test_a_resource_is_the_one_that_the_call_names(server: Server, resource: str, may: bool) -> None:
    make(server, allow("cdn:*", resource=resource))

    told = refusal(server, "DescribeCdnDomainDetail", CDN, {"DomainName": "www.example.com"}, assumed(server))

    assert (told != "Forbidden.RAM") == may


def test_each_product_refuses_in_its_own_form(server: Server) -> None:
    make(server, allow("cdn:*"))
    key = assumed(server)
    made = oss.config.load_default()
    made.credentials_provider = oss.credentials.StaticCredentialsProvider(
        key.access_key_id, key.access_key_secret, key.token
    )
    made.region, made.endpoint, made.retry_max_attempts = "cn-hangzhou", server.endpoint, 1
    with pytest.raises(oss.exceptions.OperationError) as of_oss:
        oss.Client(made).list_buckets(oss.ListBucketsRequest())
    client = tablestore.OTSClient(
        server.endpoint, key.access_key_id, key.access_key_secret, "certdeploy", sts_token=key.token
    )
    with pytest.raises(tablestore.OTSServiceError) as of_tablestore:
        client.list_table()

    assert of_oss.value.unwrap().code == "AccessDenied"  # type: ignore[attr-defined]
    assert of_tablestore.value.get_error_code() == "OTSNoPermissionAccess"
    functions = Functions(config(server, key))
    with pytest.raises(DaraException) as of_functions:
        functions.list_functions(ListFunctionsRequest())
    assert (of_functions.value.status_code, of_functions.value.code) == (403, "AccessDenied")  # type: ignore[attr-defined]


def test_a_batch_needs_the_right_to_each_of_its_tables(server: Server) -> None:
    at = f"acs:ots:*:{ACCOUNT}:instance/certdeploy/table"
    make(server, allow("ots:*", resource=f"{at}/one"))
    held = assumed(server)

    def refused(*tables: str) -> str:
        """Of a batch of these tables, none of which is there."""
        row = [[("name", "a")]]
        batch = tablestore.BatchGetRowRequest()
        for name in tables:
            batch.add(tablestore.TableInBatchGetRowItem(name, row, max_version=1))
        with pytest.raises(tablestore.OTSServiceError) as caught:
            tablestore.OTSClient(
                server.endpoint,
                held.access_key_id,
                held.access_key_secret,
                "certdeploy",
                sts_token=held.token,
            ).batch_get_row(batch)
        return str(caught.value.get_error_code())

    assert refused("one") == "OTSObjectNotExist"
    assert refused("one", "two") == "OTSNoPermissionAccess"


def test_a_table_is_in_the_region_of_its_instance_where_no_host_says_one(server: Server) -> None:
    """As on loopback: a role of a stack in Beijing names the tables there."""
    far = {"regions": ["cn-beijing"], "tablestore": [{"instance": "far", "region": "cn-beijing"}]}
    server.cloud.load(parse_estate(far))
    make(server, allow("ots:ListTable", resource=f"acs:ots:cn-beijing:{ACCOUNT}:instance/far/table/*"))
    held = assumed(server)

    client = tablestore.OTSClient(
        server.endpoint, held.access_key_id, held.access_key_secret, "far", sts_token=held.token
    )

    assert client.list_table() == ()


def test_who_a_role_trusts_may_assume_it(server: Server) -> None:
    make(server, allow("*"), trusted=trust("fc.aliyuncs.com"))
    with pytest.raises(DaraException) as refused:
        assumed(server)
    assert refused.value.code == "NoPermission"

    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    of_others = trust(Condition=condition)
    ram(server, "UpdateRole", RoleName="deployer", NewAssumeRolePolicyDocument=of_others)

    assert assumed(server, external_id="agreed").arn.endswith("assumed-role/deployer/test")
    with pytest.raises(DaraException):
        assumed(server, external_id="other")
    with pytest.raises(DaraException) as too_long:
        assumed(server, external_id="agreed", duration_seconds=7200)
    assert too_long.value.code == "InvalidParameter.DurationSeconds"


def test_a_role_that_is_not_there_is_refused_where_that_is_chosen(server: Server) -> None:
    assert assumed(server)

    server.cloud.service("sts").choose(unknown_roles="refused")

    with pytest.raises(DaraException) as refused:
        assumed(server)
    assert refused.value.code == "EntityNotExist.Role"


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("GetRole", {"RoleName": "none"}, "EntityNotExist.Role"),
        ("DeleteRole", {"RoleName": "deployer"}, "DeleteConflict.Role.Policy"),
        ("DeletePolicy", {"PolicyName": "deployer"}, "DeleteConflict.Policy.Role"),
        ("CreatePolicy", {"PolicyName": "deployer", "PolicyDocument": "{}"}, "EntityAlreadyExists.Policy"),
        ("CreatePolicy", {"PolicyName": "other", "PolicyDocument": "{}"}, "MalformedPolicyDocument"),
        (
            "CreatePolicy",
            {"PolicyName": "a", "PolicyDocument": document({"Effect": "Allow", "Action": "ots:GetRow"})},
            "MalformedPolicyDocument",
        ),
        (
            "CreatePolicy",
            {"PolicyName": "a", "PolicyDocument": document(allow("*", Condition={"DateLessThan": {}}))},
            "MalformedPolicyDocument",
        ),
        (
            "CreatePolicy",
            {"PolicyName": "a", "PolicyDocument": document(*[allow("ots:GetRow")] * 120)},
            "LimitExceeded.PolicyDocument",
        ),
        (
            "AttachPolicyToRole",
            {"PolicyType": "System", "PolicyName": "AliyunCDNFullAccess", "RoleName": "deployer"},
            "NotEmulated",
        ),
    ],
)
def test_what_cannot_be_is_refused(server: Server, action: str, params: Any, code: str) -> None:
    make(server, allow("cdn:*"))

    assert refusal(server, action, RAM, params, server.cloud.key) == code


def test_what_nobody_needs_of_a_role_is_told_and_what_it_was_denied(server: Server, cloud: Cloud) -> None:
    at = f"acs:cdn:*:{ACCOUNT}:domain/"
    make(server, allow("cdn:DescribeUserDomains", "cdn:SetCdn*"), allow("cdn:Describe*", resource=f"{at}a"))
    key = assumed(server)
    call(server, "DescribeUserDomains", CDN, {}, key=key)
    refusal(server, "ListCertificates", CAS, {}, key)

    told = admin(server, "GET", "grants")

    (denied,) = told["denied"]
    assert (denied["role"], denied["action"], denied["times"]) == (
        "deployer",
        "yundun-cert:ListCertificates",
        1,
    )
    assert [(row["action"], row["resource"]) for row in told["unused"]] == [
        ("cdn:SetCdn*", "*"),
        ("cdn:Describe*", f"{at}a"),
    ]
    admin(server, "DELETE", "grants")
    assert cloud.uses == {}
