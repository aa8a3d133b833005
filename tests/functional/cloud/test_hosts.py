"""Without an emulated cloud, each client calls the vendor's own host over TLS: seen by a proxy between."""

import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

import pytest

from shared.cloud.api import Action, Api
from shared.cloud.aws import Aws, CloudAccess
from shared.cloud.credentials import fixed
from shared.cloud.fc2 import Fc2Domains
from shared.cloud.functions import Fc2Functions, Fc3Functions
from shared.cloud.openapi import OpenApi
from shared.cloud.oss import Oss
from shared.errors import CloudError
from tests.functional.cloud.conftest import KEY, Pauses, Scripted

ALB = Api("alb", "2020-06-16", "RPC", "alb", "alb.{region}.aliyuncs.com")
READ = Action("ListListeners")
IRELAND = CloudAccess(("eu-west-1",))
OLD = Fc2Functions(fixed(KEY), service="s", prefix="p", region="cn-hangzhou", account_id="1")


def old_domain(api: OpenApi) -> object:
    domains = Fc2Domains(api)
    domains.account_id = "1"
    return domains.get("cn-beijing", "www.example.com")


CALLS: dict[str, Callable[[OpenApi], object]] = {
    "alb.cn-beijing.aliyuncs.com": lambda api: api.call(ALB, READ, region="cn-beijing"),
    "fcv3.cn-beijing.aliyuncs.com": lambda api: Fc3Functions(api, "p", "cn-beijing").invoke("f", b""),
    "1.cn-hangzhou.fc.aliyuncs.com": lambda api: OLD.invoke("f", b""),
    "1.cn-beijing.fc.aliyuncs.com": old_domain,
    "oss-cn-hangzhou.aliyuncs.com": lambda api: list(Oss(api).list_buckets()),
    "bucket-one.oss-cn-beijing.aliyuncs.com": lambda api: Oss(api).list_cname("bucket-one", "cn-beijing"),
    "acm.eu-west-1.amazonaws.com": lambda api: Aws(IRELAND).call("ListCertificates", "eu-west-1"),
    "iam.amazonaws.com": lambda api: Aws(IRELAND).call(
        "GetServerCertificate", "eu-west-1", ServerCertificateName="n"
    ),
}


@pytest.mark.parametrize("host", CALLS)
def test_a_call_goes_over_tls_to_the_vendors_host(
    host: str, scripted: Scripted, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.answers = [(403, b"", {"connection": "close"})]
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, scripted.endpoint)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    for module in ("botocore.endpoint", "urllib3.util.retry"):  # they would pause
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(sleep=lambda seconds: None, time=time.time))

    with suppress(CloudError):
        CALLS[host](OpenApi(fixed(KEY), sleep=pauses, max_attempts=1))

    assert set(scripted.methods) == {"CONNECT"}
    assert set(scripted.targets) == {f"{host}:443"}
