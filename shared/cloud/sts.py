"""Who signs the calls, by STS 2015-04-01: an action that needs no permission."""

from typing import Final

from shared.cloud.api import Action, Api
from shared.cloud.openapi import OpenApi

API: Final = Api("sts", "2015-04-01", "RPC", ram="sts", hosts="sts.aliyuncs.com")
WHO: Final = Action("GetCallerIdentity", per_second=100)


def caller_arn(openapi: OpenApi) -> str:
    """Such as `acs:ram::1234567890:user/alice`. Errors as in `OpenApi.call`."""
    return openapi.call(API, WHO).needed("Arn")


def account_id(openapi: OpenApi) -> str:
    """Errors as in `OpenApi.call`."""
    return str(openapi.call(API, WHO)["AccountId"])
