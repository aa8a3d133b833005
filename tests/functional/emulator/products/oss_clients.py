"""The vendor's client of OSS against an emulated cloud, and what it is refused with."""

from __future__ import annotations

from typing import Any

import alibabacloud_oss_v2 as oss
import pytest

from emulator.server import Server


def client(server: Server, region: str = "cn-hangzhou") -> oss.Client:
    key = server.cloud.key
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(
        key.access_key_id, key.access_key_secret
    )
    config.region, config.endpoint = region, server.endpoint
    config.retry_max_attempts = 1
    return oss.Client(config)


def refusal_of(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(oss.exceptions.OperationError) as caught:
        call(*arguments)
    error = caught.value.unwrap()
    assert isinstance(error, oss.exceptions.ServiceError)
    return error.status_code, error.code
