"""The host of an API in a region."""

import pytest

from shared.cloud import cas, fc2, functions, sts
from shared.cloud.api import Action, Api, part_of_path
from shared.domain.certificates import STORES
from shared.domain.regions import Regions
from shared.errors import CloudRejectedError

ALB = Api(
    "alb",
    "2020-06-16",
    "RPC",
    "alb",
    "alb.{region}.aliyuncs.com",
    other_hosts={"cn-beijing-finance-1": "far.example.com"},
)


def test_the_host_follows_the_region() -> None:
    assert ALB.host("cn-shanghai") == "alb.cn-shanghai.aliyuncs.com"
    assert ALB.host("cn-beijing-finance-1") == "far.example.com"


def test_an_api_for_all_regions_needs_none() -> None:
    assert {sts.API.host(), sts.API.host("cn-beijing")} == {"sts.aliyuncs.com"}


def test_each_store_of_cas_has_a_host_of_its_own() -> None:
    assert {store: cas.API.host(store) for store in STORES} == {
        "cn-hangzhou": "cas.aliyuncs.com",
        "ap-southeast-1": "cas.ap-southeast-1.aliyuncs.com",
        "eu-central-1": "cas.eu-central-1.aliyuncs.com",
    }


def test_functions_are_invoked_in_their_region() -> None:
    assert functions.API.host("cn-shanghai") == "fcv3.cn-shanghai.aliyuncs.com"
    assert functions.API.host("cn-hangzhou-finance") == "cn-hangzhou-finance.fc.aliyuncs.com"
    assert fc2.API.host("cn-beijing", account_id="42") == "42.cn-beijing.fc.aliyuncs.com"


def test_settings_override_an_api_or_one_of_its_regions() -> None:
    own = {"alb": "alb-vpc.{region}.aliyuncs.com", "alb.cn-beijing": "10.0.0.1"}
    assert ALB.host("cn-shanghai", own) == "alb-vpc.cn-shanghai.aliyuncs.com"
    assert ALB.host("cn-beijing-finance-1", own) == "alb-vpc.cn-beijing-finance-1.aliyuncs.com"
    assert ALB.host("cn-beijing", own) == "10.0.0.1"


def test_an_action_is_granted_by_each_name_that_it_may_be_authorised_as() -> None:
    """The vendor's page of DescribeDeploymentJob names a RAM action without the Job."""
    listing, job = Action("ListCertificates"), Action("DescribeDeploymentJob")

    assert cas.API.rights(listing) == {"yundun-cert:ListCertificates"}
    assert cas.API.rights(job) == {"yundun-cert:DescribeDeploymentJob", "yundun-cert:DescribeDeployment"}
    assert ALB.rights(job) == {"alb:DescribeDeploymentJob"}
    assert ALB.rights() == frozenset()


HOSTILE = (
    *("evil.example/?x=", "x@evil.example/", "evil.example#", "cn-hangzhou.evil.example", "cn-hangzhou\n"),
    *(
        "",
        ".",
        "..",
        "%2e",
        "CN-HANGZHOU",
        "cn_hangzhou",
        "сn-hangzhou",
        "cn-nowhere",
        "{account_id}",
        "a" * 999,
    ),
)


@pytest.mark.parametrize("region", HOSTILE, ids=ascii)
@pytest.mark.parametrize("overrides", [None, {"alb": "alb-vpc.{region}.aliyuncs.com"}])
def test_a_host_is_made_from_known_regions_alone(region: str, overrides: dict[str, str] | None) -> None:
    with pytest.raises(CloudRejectedError, match="alb: UnknownRegion: "):
        ALB.host(region, overrides)


@pytest.mark.parametrize("account", ["", "1@evil.example/", "evil.example/", "1.", "٣", "1" * 21])
def test_a_host_is_made_from_the_numbers_of_accounts_alone(account: str) -> None:
    with pytest.raises(CloudRejectedError, match="fc2: UnknownAccount: "):
        fc2.API.host("cn-beijing", account_id=account)


def test_a_region_that_the_owner_adds_is_known() -> None:
    assert ALB.host("cn-newtown", known=Regions(more=("cn-newtown",))) == "alb.cn-newtown.aliyuncs.com"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_part_of_a_path_leads_nowhere_else(value: str) -> None:
    with pytest.raises(CloudRejectedError, match="Get: InvalidPath: "):
        part_of_path(Action("Get"), value)
    assert part_of_path(Action("Get"), "a/../b?c#d") == "a%2F..%2Fb%3Fc%23d"
