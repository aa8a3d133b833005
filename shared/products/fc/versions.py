"""The two APIs of Function Compute that have custom domains: 3.0 (2023-03-30) and 2.0 (2016-08-15)."""

from dataclasses import replace
from typing import ClassVar, Final

from shared.cloud import fc2, functions
from shared.cloud.api import Action
from shared.cloud.reading import Fields, fields_of
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


class Fc3(DomainsAdapter):
    api = replace(functions.API, regions=_REGIONS, scope=_SCOPE)
    actions: ClassVar = {
        "ListCustomDomains": Action("ListCustomDomains", method="GET", path="/2023-03-30/custom-domains"),
        "GetCustomDomain": Action(
            "GetCustomDomain", method="GET", path="/2023-03-30/custom-domains/{domainName}"
        ),
        "UpdateCustomDomain": Action(
            "UpdateCustomDomain",
            method="PUT",
            path="/2023-03-30/custom-domains/{domainName}",
            place="json",
            writes=True,
        ),
    }
    settable = frozenset({"routeConfig", "tlsConfig", "wafConfig", "authConfig", "corsConfig"})

    def _list(self, region: str, token: str | None) -> Fields:
        return self._call("ListCustomDomains", region, limit=self.page_size, nextToken=token)

    def _get(self, region: str, name: str) -> Fields:
        return self._call_at("GetCustomDomain", region, {"domainName": name})

    def _put(self, region: str, name: str, settings: Answer) -> None:
        self._call_at("UpdateCustomDomain", region, {"domainName": name}, **settings)


class Fc2(DomainsAdapter):
    api = replace(fc2.API, regions=tuple(r for r in _REGIONS if r not in _WITHOUT_2_0), scope=_SCOPE)
    actions: ClassVar = {action.name: action for action in (fc2.LIST, fc2.GET, fc2.UPDATE)}
    settable = frozenset({"routeConfig"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._fc2 = fc2.Fc2Domains(means.client)

    def _list(self, region: str, token: str | None) -> Fields:
        return fields_of(self._fc2.list(region, self.page_size, token), fc2.LIST.name)

    def _get(self, region: str, name: str) -> Fields:
        return fields_of(self._fc2.get(region, name), fc2.GET.name)

    def _put(self, region: str, name: str, settings: Answer) -> None:
        self._fc2.update(region, name, **settings)
