"""Instances of Tablestore by the vendor's typed client of its control API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running
from tests.functional.emulator.official import Official

OPEN = {"ClusterType": "HYBRID", "Network": "NORMAL"}


@pytest.fixture(scope="module")
def standing() -> Iterator[Server]:
    with running(Cloud(only=["tablestore", "ots_control"], strict=True)) as server:
        yield server


@pytest.fixture
def control(standing: Server) -> Official:
    pytest.importorskip("alibabacloud_tablestore20201209", reason="the official SDK is not installed")
    standing.cloud.reset()
    return Official(standing, "tablestore", "tablestore.cn-hangzhou.aliyuncs.com")


def test_an_instance_is_made_shown_changed_and_removed(control: Official) -> None:
    control("CreateInstance", InstanceName="shop-state", InstanceDescription="of the shop", **OPEN)

    told = control("GetInstance", InstanceName="shop-state")
    assert (told.instance_specification, told.network, told.instance_status) == ("HYBRID", "NORMAL", "normal")
    assert told.instance_description == "of the shop"
    control("UpdateInstance", InstanceName="shop-state", NetworkTypeACL=["VPC"])
    assert control("GetInstance", InstanceName="shop-state").network == "VPC"
    control("DeleteInstance", InstanceName="shop-state")
    assert control.refusal("GetInstance", InstanceName="shop-state")[0] == 404


def test_instances_are_listed_page_by_page(control: Official) -> None:
    for name in ("shop-b", "shop-a"):
        control("CreateInstance", InstanceName=name, **OPEN)

    first = control("ListInstances", InstanceName="shop", MaxResults=1)
    second = control("ListInstances", InstanceName="shop", MaxResults=1, NextToken=first.next_token)

    assert [one.instance_name for page in (first, second) for one in page.instances] == ["shop-a", "shop-b"]
    assert (first.total_count, second.next_token) == (2, None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"InstanceName": "a-pay-shop", **OPEN}, "OTSParameterInvalid"),
        ({"InstanceName": "shop-", **OPEN}, "OTSParameterInvalid"),
        ({"InstanceName": "shop", "ClusterType": "BIG"}, "OTSParameterInvalid"),
        ({"ClusterType": "SSD"}, "MissingInstanceName"),
    ],
)
def test_what_no_instance_can_be_is_refused(control: Official, given: dict[str, str], code: str) -> None:
    assert control.refusal("CreateInstance", **given)[1] == code


def test_a_name_that_is_taken_is_refused(control: Official) -> None:
    control("CreateInstance", InstanceName="shop", **OPEN)

    assert control.refusal("CreateInstance", InstanceName="shop", **OPEN) == (409, "OTSObjectAlreadyExist")
