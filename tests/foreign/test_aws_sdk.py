"""boto3 against the moto that the emulator starts."""

from __future__ import annotations

from emulator.client import Client
from emulator.in_process import InProcess
from tests.foreign.conftest import needs


def test_boto3(cloud_of_all: InProcess) -> None:
    needs(module="boto3")
    needs(module="moto")
    import boto3
    from botocore.config import Config

    amazon = {"name": "west", "region": "eu-central-1", "listeners": [{"port": 443, "default": "main"}]}
    Client(cloud_of_all.endpoint).merge({"aws": [amazon]})
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
