"""What threads share does not change under them."""

from dataclasses import FrozenInstanceError

import pytest

from shared.cloud.api import Action, Api
from shared.cloud.aws import CloudAccess
from shared.cloud.cas import KeyPair
from shared.cloud.credentials import Credentials
from shared.cloud.kubernetes import KubeConfig
from shared.cloud.openapi import Answer
from shared.validation.secret import SecretPem

VALUES = {
    "code": Api("cdn", "2018-05-10", "RPC", "cdn", "cdn.aliyuncs.com"),
    "name": Action("Do"),
    "regions": CloudAccess(),
    "certificate_pem": KeyPair("CERT", SecretPem("KEY")),
    "access_key_id": Credentials("id", "secret"),
    "server": KubeConfig("https://192.0.2.1", "CA", "CERT", "KEY"),
    "status": Answer(200, {}, b""),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_cannot_be_changed(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(VALUES[name], name, "other")
