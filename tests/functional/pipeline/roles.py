"""Roles of the emulated account with the policies that `certdeploy ram print` prints, and their sessions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from cli.ram_documents import Place, document, everybody
from emulator.cloud import Cloud
from shared.cloud.api import Action, Api
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.openapi import OpenApi

_RAM = Api("ram", "2015-05-01", "RPC", ram="ram", hosts="ram.aliyuncs.com")
_TRUST = {
    "Version": "1",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["fc.aliyuncs.com"]}}
    ],
}


def assumed(cloud: Cloud, endpoint: str, who: str, place: Place) -> Credentials:
    """A session of a role that may do what the policy of `who` allows, and nothing else."""
    own = Credentials(cloud.key.access_key_id, cloud.key.access_key_secret)
    openapi = OpenApi(fixed(own), endpoint=endpoint)
    name = who.replace("_", "-")
    text = json.dumps(document(everybody()[who], place))
    for action, params in (
        ("CreateRole", {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(_TRUST)}),
        ("CreatePolicy", {"PolicyName": name, "PolicyDocument": text}),
        ("AttachPolicyToRole", {"RoleName": name, "PolicyName": name, "PolicyType": "Custom"}),
    ):
        openapi.call(_RAM, Action(action), params)
    arn = f"acs:ram::{cloud.account}:assumed-role/{name}/session"
    session = cloud.keys.add(cloud.account, arn, cloud.signing_clock() + timedelta(hours=1))
    return Credentials(session.access_key_id, session.access_key_secret, session.token)


def unused(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Role and RAM action, of each grant that no call has needed; of roles that made some and are there."""
    ram = cloud.service("ram")
    for name in {use.role for use in cloud.uses} & ram.roles.keys():
        for row in cloud.uses.unused(name, ram.statements(name)):
            yield name, row["action"]
