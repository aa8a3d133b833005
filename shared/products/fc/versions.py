"""The APIs of Function Compute with custom domains: 2023-03-30 of 3.0; 2021-04-06 and 2016-08-15 of 2.0."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Final

from shared.cloud import fc2, functions
from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields, fields_of
from shared.errors import CloudRejectedError
from shared.products.fc.domains import DomainsAdapter
from shared.products.kit.base import Answer
from shared.products.kit.means import Means

_REGIONS: Final = (
    *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3"),
    *("ap-southeast-5", "ap-southeast-7", "cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-hongkong"),
    *("cn-huhehaote", "cn-qingdao", "cn-shanghai", "cn-shenzhen", "cn-zhangjiakou"),
    *("eu-central-1", "eu-west-1", "me-central-1", "us-east-1", "us-west-1"),
)
_WITHOUT_2_0: Final = ("ap-southeast-7", "me-central-1")
_SCOPE: Final = "custom-domains/*"
_NO_SUCH_PATH: Final = "PathNotSupported"


def _actions(version: str) -> dict[str, Action]:
    """Both APIs have these, at paths that begin with their version."""
    path = f"/{version}/custom-domains"
    named = f"{path}/{{domainName}}"
    return {
        action.name: action
        for action in (
            Action("ListCustomDomains", of_discovery=True, method="GET", path=path),
            Action("GetCustomDomain", of_looks=True, method="GET", path=named),
            Action("UpdateCustomDomain", method="PUT", path=named, place="json", writes=True),
        )
    }


class Fc3(DomainsAdapter):
    api = replace(functions.API, regions=_REGIONS, scope=_SCOPE)
    actions: ClassVar = _actions("2023-03-30")
    settable = frozenset({"routeConfig", "tlsConfig", "wafConfig", "authConfig", "corsConfig"})

    def _list(self, region: str, token: str | None) -> Fields:
        return self._call("ListCustomDomains", region, limit=self.page_size, nextToken=token)

    def _get(self, region: str, name: str) -> Fields:
        return self._call_at("GetCustomDomain", region, {"domainName": name})

    def _put(self, region: str, name: str, settings: Answer) -> None:
        self._call_at("UpdateCustomDomain", region, {"domainName": name}, **settings)


class Fc2(DomainsAdapter):
    """2.0, by API 2021-04-06, which alone tells the settings of TLS and WAF.

    Style, signature and fields are those of the vendor's SDK for it, hosts those of the vendor's list of
    endpoints. It is not documented whether a change keeps what it leaves out, so every setting that was
    read is sent again.

    A host that has only the first API of 2.0 says that it does not support the path, as far as the list of
    error codes tells. There `aliyun-fc2` is used (2016-08-15). It shows neither TLS nor WAF, so that these
    are not compared; whether its changes keep them is not known.
    """

    api = Api(
        "fc-open",
        "2021-04-06",
        "ROA",
        ram="fc",
        hosts="fc.{region}.aliyuncs.com",
        regions=tuple(region for region in _REGIONS if region not in _WITHOUT_2_0),
        scope=_SCOPE,
    )
    actions: ClassVar = _actions("2021-04-06")
    settable = frozenset({"routeConfig", "tlsConfig", "wafConfig"})
    sent_again = settable

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._first_api = fc2.Fc2Domains(means.client)
        self._with_first_api: set[str] = set()  #: regions

    @classmethod
    def apis(cls) -> frozenset[Api]:
        return super().apis() | {fc2.API}

    def _list(self, region: str, token: str | None) -> Fields:
        return self._read(
            region,
            lambda: self._call("ListCustomDomains", region, limit=self.page_size, nextToken=token),
            lambda: fields_of(self._first_api.list(region, self.page_size, token), fc2.LIST.name),
        )

    def _get(self, region: str, name: str) -> Fields:
        return self._read(
            region,
            lambda: self._call_at("GetCustomDomain", region, {"domainName": name}),
            lambda: fields_of(self._first_api.get(region, name), fc2.GET.name),
        )

    def _put(self, region: str, name: str, settings: Answer) -> None:
        """By the API that told what is changed: a change follows a look."""
        if region in self._with_first_api:
            self._first_api.update(region, name, **{k: v for k, v in settings.items() if k in fc2.SETTINGS})
        else:
            self._call_at("UpdateCustomDomain", region, {"domainName": name}, **settings)

    def _read(self, region: str, ask: Callable[[], Fields], ask_first_api: Callable[[], Fields]) -> Fields:
        if region not in self._with_first_api:
            try:
                return ask()
            except CloudRejectedError as error:
                if error.cloud_code != _NO_SUCH_PATH:
                    raise
            self._with_first_api.add(region)
        return ask_first_api()
