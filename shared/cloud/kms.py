"""KMS 2016-01-20: the current value of a secret of Secrets Manager."""

from typing import Final

from pydantic import SecretStr

from shared.cloud.api import Action, Api
from shared.cloud.openapi import OpenApi
from shared.errors import CloudDeniedError, CloudRejectedError

API: Final = Api("kms", "2016-01-20", "RPC", ram="kms", hosts="kms.{region}.aliyuncs.com")
GET_SECRET_VALUE: Final = Action("GetSecretValue")
_MISSING: Final = "Forbidden.ResourceNotFound"  #: with 404; it is no lack of a right


def secret_value(openapi: OpenApi, name: str, region: str) -> SecretStr:
    """The text of the version that is labelled ACSCurrent.

    A secret that is kept under a key of the owner's own takes `kms:Decrypt` on that key, too.

    Raises:
        CloudRejectedError: there is no such secret, or it is no text.
        CloudDeniedError: the role may not read it.
    """
    try:
        answer = openapi.call(API, GET_SECRET_VALUE, {"SecretName": name}, region=region)
    except CloudDeniedError as error:
        if error.cloud_code != _MISSING:
            raise
        why = f"there is no secret {name} in {region}"
        raise CloudRejectedError(GET_SECRET_VALUE.name, "NotFound", why, error.request_id) from None
    if answer.text("SecretDataType") not in ("", "text"):
        raise CloudRejectedError(
            GET_SECRET_VALUE.name, "NotText", f"the secret {name} is binary; keep a text"
        )
    return SecretStr(answer.needed("SecretData"))
