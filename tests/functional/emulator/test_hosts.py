"""Which region a call is for: by the host that a client addressed, or meant."""

from __future__ import annotations

import base64
import hmac
from email.utils import formatdate
from hashlib import sha1

import pytest

from emulator.server import Server
from tests.functional.emulator.clients import call, legacy, plain

STS = "2015-04-01"


def test_a_product_takes_its_region_from_the_host_a_client_meant(server: Server) -> None:
    call(server, "GetCallerIdentity", host="sts.cn-beijing.aliyuncs.com")
    call(server, "GetCallerIdentity", host="sts.aliyuncs.com")
    call(server, "GetCallerIdentity")
    call(server, "GetCallerIdentity", query={"RegionId": "cn-shanghai"})

    assert [record.region for record in server.cloud.calls] == [
        "cn-beijing",
        "",
        "cn-hangzhou",
        "cn-shanghai",
    ]


@pytest.mark.parametrize("header", ["Host", "x-emulator-host"])
def test_a_name_of_localhost_stands_for_the_cloud_s_own(server: Server, header: str) -> None:
    """So a client takes `http://alb.cn-shanghai.localhost:PORT` as its endpoint."""
    name = {"Host": "sts.cn-shanghai.localhost", "x-emulator-host": "sts.cn-shanghai.aliyuncs.com"}[header]

    plain(
        server, "GET", legacy(server.cloud, {"Action": "GetCallerIdentity", "Version": STS}), {header: name}
    )

    assert server.cloud.calls[-1].region == "cn-shanghai"


def test_an_unmodified_client_is_known_by_the_host_it_addresses(server: Server) -> None:
    target = legacy(server.cloud, {"Action": "GetCallerIdentity", "Version": STS})

    status, _, _ = plain(server, "GET", target, {"Host": "sts.cn-shanghai.aliyuncs.com"})

    assert status == 200
    assert server.cloud.calls[-1].region == "cn-shanghai"


@pytest.mark.parametrize(
    ("path", "host", "region"),
    [
        ("/2023-03-30/custom-domains", "me-central-1.fc.aliyuncs.com", "me-central-1"),
        ("/2016-08-15/custom-domains", "me-central-1.fc.aliyuncs.com", "me-central-1"),
        ("/2023-03-30/custom-domains", "cn-hangzhou-finance.fc.aliyuncs.com", "cn-hangzhou-finance"),
        ("/2023-03-30/custom-domains", "1.cn-beijing-internal.fc.aliyuncs.com", "cn-beijing"),
        ("/2023-03-30/custom-domains", "fc.cn-shanghai.aliyuncs.com", "cn-shanghai"),
        ("/api/v2/gateways", "pai-eas-vpc.us-east-1.aliyuncs.com", "us-east-1"),
        ("/api/v2/gateways", "pai-eas.aliyuncs.com", "cn-hangzhou"),
        ("/api/v2/gateways", "me-central-1.example.com", "cn-hangzhou"),
    ],
)
def test_every_host_leads_to_its_own_region(server: Server, path: str, host: str, region: str) -> None:
    plain(server, "GET", path, by_path(server, path, host))

    assert server.cloud.calls[-1].region == region


def by_path(server: Server, path: str, host: str) -> dict[str, str]:
    """Headers of a GET in the old form by path, signed as its documentation says."""
    key, date = server.cloud.key, formatdate(usegmt=True)
    signed = hmac.new(key.access_key_secret.encode(), f"GET\n\n\n\n{date}\n{path}".encode(), sha1)
    signature = base64.b64encode(signed.digest()).decode()
    return {
        "Host": host,
        "Date": date,
        "Authorization": f"acs {key.access_key_id}:{signature}",
        "x-emulator-host": host,
    }
