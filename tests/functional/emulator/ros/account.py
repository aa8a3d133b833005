"""An account as a client of ROS sees it: stacks by their names, and the time, which the test moves."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import yaml

from emulator.api import Call
from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.official import Clock, Official

REGION = "cn-hangzhou"
LASTS_S = 10  #: an operation


def template(resources: dict[str, Any], **sections: Any) -> str:
    """The text of a template."""
    document = {"ROSTemplateFormatVersion": "2015-09-01", **sections, "Resources": resources}
    return yaml.safe_dump(document, sort_keys=False)


def project(name: Any = "logs-of-shop", **more: Any) -> dict[str, Any]:
    """A resource that needs no other."""
    return {"Type": "ALIYUN::SLS::Project", "Properties": {"Name": name}, **more}


def table(name: str, **more: Any) -> dict[str, Any]:
    """A table of the instance that the resource `State` makes."""
    key = [{"Name": "id", "Type": "STRING"}]
    properties = {
        "InstanceName": {"Fn::GetAtt": ["State", "InstanceName"]},
        "TableName": name,
        "PrimaryKey": key,
    }
    return {"Type": "ALIYUN::OTS::Table", "Properties": properties, **more}


STATE = {"Type": "ALIYUN::OTS::Instance", "Properties": {"InstanceName": "shop-state"}}


class Account:
    def __init__(self, server: Server, clock: Clock) -> None:
        pytest.importorskip("alibabacloud_ros20190910", reason="the official SDK of ROS is not installed")
        self.cloud: Cloud = server.cloud
        self.clock = clock
        self._ros = Official(server, "ros", "ros.aliyuncs.com")

    def __call__(self, action: str, **params: Any) -> Any:
        """The SDK's response body."""
        return self._ros(action, **self._full(action, params))

    def refusal(self, action: str, **params: Any) -> tuple[int, str]:
        return self._ros.refusal(action, **self._full(action, params))

    def create(self, body: str, name: str = "shop", *, wait: bool = True, **more: Any) -> str:
        """The id of a new stack; `wait` until nothing is done any more."""
        stack_id = str(self("CreateStack", StackName=name, TemplateBody=body, **more).stack_id)
        if wait:
            self.wait()
        return stack_id

    def update(self, stack_id: str, body: str, **more: Any) -> None:
        self("UpdateStack", StackId=stack_id, TemplateBody=body, **more)
        self.wait()

    def wait(self) -> None:
        """Until an operation and what takes it back are over. What is due is done before the next request."""
        self.clock.advance(2 * self.cloud.settle_s + 1)
        self("ValidateTemplate", TemplateBody=template({}))

    def status(self, stack_id: str) -> str:
        return str(self("GetStack", StackId=stack_id).status)

    def outputs(self, stack_id: str) -> dict[str, Any]:
        rows = self("GetStack", StackId=stack_id).outputs
        return {row["OutputKey"]: row["OutputValue"] for row in rows}

    def resources(self, stack_id: str) -> dict[str, str]:
        """Their states by their names."""
        rows = self("ListStackResources", StackId=stack_id).resources
        return {row.logical_resource_id: row.status for row in rows}

    def told(self, stack_id: str, **filters: Any) -> list[tuple[str, str]]:
        """Name and state of each event, the earliest first."""
        rows = self("ListStackEvents", StackId=stack_id, PageSize=50, **filters).events
        return [(row.logical_resource_id, row.status) for row in reversed(rows)]

    def tables(self, instance: str = "shop-state") -> set[str]:
        """What Tablestore itself has there."""
        return set(self.cloud.service("tablestore").instances[instance].tables)

    def functions(self, prefix: str) -> list[str]:
        """What Function Compute itself has there."""
        names = [one.name for one in self.cloud.service("fc").functions.values()]
        return [name for name in names if name.startswith(prefix)]

    def put(self, bucket: str, *keys: str) -> None:
        """Archives of nothing, as objects of OSS."""
        packed = io.BytesIO()
        zipfile.ZipFile(packed, "w").close()
        self.call("PutBucket", {"bucket": bucket})
        for key in keys:
            self.call("PutObject", {"bucket": bucket, "key": key}, packed.getvalue())

    def call(self, action: str, params: dict[str, str], content: bytes = b"") -> None:
        """One of OSS."""
        call = Call(action, params, REGION, self.cloud.account, raw_body=content)
        self.cloud.execute(self.cloud.services["oss"], call)

    @staticmethod
    def _full(action: str, params: dict[str, Any]) -> dict[str, Any]:
        return params if action == "ValidateTemplate" else {"RegionId": REGION, **params}
