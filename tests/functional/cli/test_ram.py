"""`certdeploy ram`: what it prints is what template.yml grants, and what the commands need."""

from __future__ import annotations

from typing import Any

import pytest

from cli.ram_documents import LONGEST, PEOPLE, Place, document, everybody, length
from emulator.cloud import Cloud
from emulator.server import Server
from shared.runtime.grants import KEYS, grants
from shared.runtime.reach import reach
from shared.runtime.settings import read_settings
from shared.state.tables import TABLES
from tests.functional.cli.conftest import Command
from tests.functional.pipeline.roles import assumed, unused

ROLE = "acs:ram::2000000000000002:role/certdeploy"


def policy(name: str, **settings: str) -> dict[str, Any]:
    place = Place.of(read_settings({f"CERTDEPLOY_{key}": value for key, value in settings.items()}), {})
    return document(everybody()[name], place)


def actions(found: dict[str, Any]) -> set[str]:
    return {action for one in found["Statement"] for action in one["Action"]}


def test_everybody_has_a_policy_that_ram_takes(command: Command) -> None:
    ran = command("ram", "list", "--json")

    names = [row["Name"] for row in ran.json["Policies"]]
    assert names == [*PEOPLE, *sorted(reach())]
    for name in names:
        found = command("ram", "print", name).json
        assert found["Version"] == "1"
        assert length(found) <= LONGEST, name
        assert all(
            one["Effect"] == "Allow" and one["Action"] and one["Resource"] for one in found["Statement"]
        )


def test_it_is_printed_with_the_names_of_here(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FC_ACCOUNT_ID", "7")
    words = ("--stack", "shop", "--region", "cn-beijing", "ram", "print", "notify_contacts")
    ran = command(*words, "--parameter", "OtsInstance=certs", "--parameter", "WebhookSecretName=hook")

    resources = [name for one in ran.json["Statement"] for name in one["Resource"]]
    assert "acs:ots:cn-beijing:7:instance/certs/table/jobs" in resources
    assert "acs:kms:cn-beijing:7:secret/hook" in resources
    assert "acs:fc:cn-beijing:7:functions/shop-record_dead_letter" in resources
    assert [name for name in resources if "${" in name or ("secret/" in name and "hook" not in name)] == [
        "acs:kms:cn-beijing:7:secret/shop/contact/*"
    ]


def test_a_name_that_nobody_has_is_one_sentence(command: Command) -> None:
    ran = command("ram", "print", "nobody")

    assert (ran.code, ran.out) == (5, "")
    assert ran.err == "certdeploy: policy nobody does not exist: `certdeploy ram list` shows those that do\n"


def test_on_one_machine_the_state_in_a_file_needs_nothing_and_one_in_tablestore_its_tables() -> None:
    assert not {name for name in actions(policy("machine")) if name.startswith("ots:")}
    found = policy("machine", STATE="ots://certs.cn-beijing/two")
    resources = {name for one in found["Statement"] for name in one["Resource"] if ":ots:" in name}
    assert "acs:ots:cn-hangzhou:*:instance/certs/table/two_jobs" in resources
    assert len(resources) == len(TABLES) + 1


def test_keys_are_for_other_stores_only_where_one_is_read() -> None:
    """OSS is the one product that has its key read in any case."""
    everywhere = {name for name, granted in grants().items() if granted & KEYS}
    assert {"deploy_slb", "deploy_oss"} <= everywhere
    assert not actions(policy("deploy_slb")) & KEYS
    assert actions(policy("deploy_slb", STORES="ap-southeast-1")) & KEYS


def test_who_only_reads_is_granted_nothing_that_writes() -> None:
    words = ("Describe", "Get", "List", "Query", "BatchGet")
    writing = {name for name in actions(policy("reader")) if not name.partition(":")[2].startswith(words)}

    assert writing == set()
    assert actions(policy("viewer")) == {"fc:InvokeFunction"}


def test_with_the_rights_of_a_reader_all_that_reads_works(
    command: Command, cloud: Cloud, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place.of(read_settings({}), {})
    session = assumed(cloud, server.endpoint, "reader", place)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", session.access_key_id)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", session.access_key_secret)
    monkeypatch.setenv("ALIBABA_CLOUD_SECURITY_TOKEN", session.security_token)
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN,OSS")

    ran = [command(line).code for line in ("scan", "discover", "doctor")]

    assert (ran, cloud.uses.denied()) == ([0, 0, 0], [])
    assert ("reader", "cdn:DescribeUserDomains") not in set(unused(cloud))


DELETING = {"slb:DeleteServerCertificate", "esa:DeleteCertificate", "yundun-cert:DeleteUserCertificate"}


def test_certificates_are_deleted_by_who_cleans_up_and_nobody_else() -> None:
    having = {name for name in everybody() if DELETING & actions(policy(name, ACCOUNTS=ROLE))}
    assert having == {"uploader", "clean_up_certificates"}
    assert actions(policy("uploader")) >= DELETING
