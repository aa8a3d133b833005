"""boto3 against the moto that the emulator starts."""

from __future__ import annotations

import pytest

from emulator.client import Client
from emulator.estate import parse_estate
from emulator.in_process import InProcess
from tests.foreign.conftest import ESTATE, needs

AMAZON = {"name": "west", "region": "eu-central-1", "listeners": [{"port": 443, "default": "main"}]}


def test_boto3_at_its_own_hosts(cloud_of_all: InProcess) -> None:
    needs(module="boto3")
    needs(module="moto")
    import boto3
    from botocore.exceptions import ClientError

    cloud_of_all.cloud.load(parse_estate(ESTATE | {"aws": [AMAZON]}))
    session = boto3.session.Session(region_name="eu-central-1")

    (balancer,) = session.client("elbv2").describe_load_balancers()["LoadBalancers"]
    (listener,) = session.client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])[
        "Listeners"
    ]
    (arn,) = [row["CertificateArn"] for row in listener["Certificates"]]
    held = session.client("acm").get_certificate(CertificateArn=arn)

    assert balancer["LoadBalancerName"] == "west"
    assert "BEGIN CERTIFICATE" in held["Certificate"]
    assert [call.action for call in cloud_of_all.calls] == [
        "DescribeLoadBalancers",
        "DescribeListeners",
        "GetCertificate",
    ]
    assert {call.region for call in cloud_of_all.calls} == {"eu-central-1"}
    assert session.client("cloudfront").list_distributions()["DistributionList"]["Quantity"] == 0
    cloud_of_all.fault("GetCertificate", api="aws", status=400, code="AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        session.client("acm").get_certificate(CertificateArn=arn)


def test_boto3(cloud_of_all: InProcess) -> None:
    needs(module="boto3")
    needs(module="moto")
    import boto3
    from botocore.config import Config

    cloud_of_all.cloud.load(parse_estate(ESTATE | {"aws": [AMAZON]}))
    told = Client(cloud_of_all.endpoint).ask("GET", "aws")
    client = boto3.client(
        "elbv2",
        "eu-central-1",
        endpoint_url=told["endpoint"],
        config=Config(proxies={}),
        aws_access_key_id=told["access_key_id"],
        aws_secret_access_key=told["access_key_secret"],
    )

    assert [row["LoadBalancerName"] for row in client.describe_load_balancers()["LoadBalancers"]] == ["west"]
