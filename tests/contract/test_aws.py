"""AWS on moto: what is renewed in place in ACM, which of its rules stop a deployment, and who may call."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from emulator import aws as emulated
from emulator.edge import Edge
from host.template import load_template
from shared.cloud.aws import ACTIONS
from shared.cloud.tls import handshake
from shared.domain.resources import CloudProduct
from shared.errors import CloudCredentialsError, CloudRejectedError, SettingsError
from shared.runtime.settings import read_settings
from tests.contract.aws_bench import REGION, acm, issued_by_amazon, seen, slot
from tests.contract.bench import Bench
from tests.keys import a_leaf, rsa_key

ROOT = Path(__file__).parents[2]


def test_every_imported_certificate_is_a_slot_and_listeners_follow_it(amazon: Bench) -> None:
    found = seen(amazon).by_kind

    names = {amazon.name_of(one.cert_identifier) for one in found["acm"]}
    assert names == {"old", "other", "alone"}
    assert {one.obstacle.partition(" arn")[0] for one in found["listener"]} == {"follows the ACM certificate"}
    assert [amazon.name_of(one.cert_identifier) for one in found["listener"]] == ["old", "other", "alone"]


@pytest.mark.long
def test_certificates_that_acm_lists_only_when_asked_to_are_found(amazon: Bench) -> None:
    large = a_leaf("large.example.org", key=rsa_key(3072), days=4000)
    acm().import_certificate(Certificate=large.pem, PrivateKey=large.key_pem)

    found = seen(amazon).by_kind["acm"]

    assert [one for one in found if one.domains == ("large.example.org",)]
    assert slot(amazon, "acm", "old"), "which is ECC"
    as_account = boto3.client("acm", region_name=REGION, endpoint_url=emulated.endpoint())
    assert as_account.list_certificates()["CertificateSummaryList"] == [], "AWS hides both by default"


def test_a_certificate_that_amazon_issued_is_no_slot(amazon: Bench) -> None:
    issued_by_amazon("auto.example.com")

    assert all("auto.example.com" not in one.domains for one in seen(amazon).by_kind["acm"])


def test_an_internal_balancer_names_no_address(amazon: Bench) -> None:
    assert slot(amazon, "acm", "alone").endpoint == ""
    assert slot(amazon, "acm", "old").endpoint.endswith(".elb.amazonaws.com:443")


@pytest.mark.long
def test_a_renewal_keeps_the_arn_and_is_served_by_the_listener(amazon: Bench) -> None:
    before = slot(amazon, "acm", "old")
    with Edge(amazon.cloud) as edge:
        after = amazon.deploy(before, "new")
        leaf = handshake(before.endpoint, "www.example.com", via=edge.address, algorithm="ECC")

    assert after.resource_id == before.resource_id
    assert leaf.sha256 == amazon.estate.bundle("new", amazon.cloud.clock()).sha256.lower()
    assert slot(amazon, "listener", "new").resource_id == slot(amazon, "listener", "new").listener_id
    assert amazon.adapter.read(after) == slot(amazon, "acm", "new")


def test_restoring_imports_the_old_pair_again(amazon: Bench) -> None:
    after = amazon.deploy(slot(amazon, "acm", "old"), "new")

    amazon.adapter.restore(after, amazon.certificate("old"))

    assert slot(amazon, "acm", "old").resource_id == after.resource_id


def test_another_kind_of_key_is_refused_before_anything_is_sent(amazon: Bench) -> None:
    with pytest.raises(CloudRejectedError, match="EC_prime256v1 to RSA_2048"):
        amazon.adapter.deploy(slot(amazon, "acm", "old"), amazon.certificate("rsa"))

    assert slot(amazon, "acm", "old")


def test_a_certificate_that_keeps_no_name_is_refused(amazon: Bench) -> None:
    with pytest.raises(CloudRejectedError, match="none of its names would stay"):
        amazon.adapter.deploy(slot(amazon, "acm", "alone"), amazon.certificate("apart"))


def test_a_vanished_certificate_reads_as_none(amazon: Bench) -> None:
    here = slot(amazon, "acm", "alone")
    emulated.clear()

    assert amazon.adapter.read(here) is None


def test_without_credentials_discovery_is_an_error_never_an_empty_list(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    with pytest.raises(CloudCredentialsError, match="AWS_ACCESS_KEY_ID"):
        list(amazon.adapter.discover(REGION))


def test_a_role_is_assumed(amazon: Bench) -> None:
    role = f"arn:aws:iam::{emulated.ACCOUNT}:role/certdeploy"
    assumed = replace(amazon, aws=replace(amazon.aws, role_arn=role))

    assert len(list(assumed.adapter.discover(REGION))) == 6


def test_no_key_is_in_what_an_error_says(amazon: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    broken = amazon.certificate("new").evolve(cert_id=1)

    with pytest.raises(CloudRejectedError) as told:
        amazon.adapter.deploy(slot(amazon, "acm", "old"), broken)
    amazon.deploy(slot(amazon, "acm", "old"), "new")

    told_and_logged = caplog.text + str(told.value)
    key = (amazon.estate.bundle("new", amazon.cloud.clock()).key_pem or "").encode()
    assert "PRIVATE KEY" not in told_and_logged
    assert b64encode(key)[:60].decode() not in told_and_logged  # as it is sent


def test_the_documented_policy_is_what_is_called() -> None:
    prefixes = {"elbv2": "elasticloadbalancing"}
    called = {f"{prefixes.get(service, service)}:{action}" for action, service in ACTIONS.items()}
    called -= {"acm:DeleteCertificate"}  # of a clean-up, and told beside it
    documented = re.findall(r'"([a-z]+:[A-Z]\w+)"', (ROOT / "docs/aws.md").read_text(encoding="utf-8"))

    assert set(documented) == called


def test_aws_is_off_until_it_is_configured() -> None:
    assert CloudProduct.AWS not in read_settings({}).products
    assert CloudProduct.AWS in read_settings({"CERTDEPLOY_AWS": "on"}).products
    assert read_settings({"CERTDEPLOY_PRODUCTS": "AWS"}).products == (CloudProduct.AWS,)


def test_the_stack_s_parameters_lead_to_aws(amazon: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discovery and deployment, as template.yml gives them their environment."""
    parameters = {
        "Aws": "on",
        "AwsRegions": "us-east-1,eu-west-1",
        "AwsRoleArn": f"arn:aws:iam::{emulated.ACCOUNT}:role/certdeploy",
        "AwsKeySecretName": "aws-key",
    }
    key = {
        "AccessKeyId": emulated.ACCESS_KEY["access_key_id"],
        "SecretAccessKey": emulated.ACCESS_KEY["access_key_secret"],
    }
    functions = load_template(ROOT / "template.yml", parameters).functions
    assert (
        CloudProduct.AWS in read_settings(functions["certdeploy-create_deployment_job"].environment).products
    )
    for name in ("discover_resources", "deploy_aws"):
        environment = functions[f"certdeploy-{name}"].environment
        settings = read_settings(environment)
        assert CloudProduct.AWS in settings.products
        assert settings.aws_access.key == "kms:aws-key"
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        amazon.cloud.calls.clear()

        access = replace(settings.aws_access, endpoint=amazon.aws.endpoint, key=json.dumps(key))
        adapter = replace(amazon, aws=access).adapter  # it has what KMS would tell in place of the name

        assert adapter.regions() == ["us-east-1", "eu-west-1"]
        assert len(list(adapter.discover(REGION))) == 6
        assert amazon.count("AssumeRole") == 1


def test_wrong_access_is_told_at_once_and_whole() -> None:
    wrong = {"CERTDEPLOY_AWS": "on", "CERTDEPLOY_AWS_ROLE_ARN": "me", "CERTDEPLOY_AWS_ENDPOINT": "here"}

    with pytest.raises(SettingsError, match=r"ROLE_ARN.*ENDPOINT"):
        read_settings(wrong)
