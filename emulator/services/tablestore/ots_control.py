"""Tablestore's control API 2020-12-09: its instances, which the data API then finds.

Source: the vendor's pages of the API, and the requests and models of its SDK. Its codes are not documented:
those here are [guess]. Not emulated: instances by VCU, policies, tags, bound VPCs, agent storage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.service import EmulatedService
from emulator.services.kit.json_body import object_in
from emulator.services.tablestore.checks import MOST_TABLES
from emulator.services.tablestore.instances import Instance, Network
from emulator.services.tablestore.tablestore import Service as Tables

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]")
_FORBIDDEN = ("ali", "ay", "ots", "taobao", "admin")  #: in names, by the page of CreateInstance
_CLUSTERS = ("SSD", "HYBRID")
_NETWORKS = ("NORMAL", "VPC", "VPC_CONSOLE")
_MOST = 200  #: rows of a page; 0: a hundred
_MOST_INSTANCES = 10  #: of an account, unless raised


class Service(EmulatedService):
    api = "Tablestore"
    version = "2020-12-09"
    style = "ROA"
    ram = "ots"
    hosts = ("tablestore.{region}.aliyuncs.com",)
    limits: ClassVar[Mapping[str, int]] = {}

    def kept(self) -> dict[str, Any]:
        return {}

    def CreateInstance(self, call: Call) -> Answer:
        body = _body(call)
        name, cluster = body["InstanceName"], body.get("ClusterType", "")
        if not _NAME.fullmatch(name) or any(word in name.lower() for word in _FORBIDDEN):
            raise _invalid("InstanceName")
        if cluster not in _CLUSTERS:
            raise _invalid("ClusterType")
        network = _network(body) or "open"
        if sum(one.made for one in self._tables.instances.values()) >= _MOST_INSTANCES:
            raise ApiError(403, "OTSQuotaExhausted", "Number of instances exceeded the quota.")
        made = self._tables.add_instance(name, call.region, network)
        made.cluster, made.description = cluster, body.get("InstanceDescription", "")
        made.created = self.cloud.clock()
        return {"Code": "OK", "Message": ""}

    def GetInstance(self, call: Call) -> Answer:
        found = self._instance(call, call.params["InstanceName"])
        return {
            **self._row(found),
            "Network": "NORMAL" if found.network == "open" else "VPC",
            "NetworkTypeACL": ["VPC", "CLASSIC", "INTERNET"] if found.network == "open" else ["VPC"],
            "NetworkSourceACL": ["TRUST_PROXY"],
            "TableQuota": MOST_TABLES,
            "Tags": [],
        }

    def ListInstances(self, call: Call) -> Answer:
        params = call.params
        size = params.get("MaxResults") or 100
        if not 0 < size <= _MOST:
            raise _invalid("MaxResults")
        rows = [one for _, one in sorted(self._tables.instances.items()) if one.region == call.region]
        rows = [one for one in rows if params.get("InstanceName", "") in one.name]
        rows = [one for one in rows if params.get("Status", "normal") == "normal"]
        after = [one for one in rows if one.name > params.get("NextToken", "")]
        page = after[:size]
        more = {"NextToken": page[-1].name} if len(page) < len(after) else {}
        return {"Instances": [self._row(one) for one in page], "TotalCount": len(rows), **more}

    def UpdateInstance(self, call: Call) -> Answer:
        body = _body(call)
        found = self._instance(call, body["InstanceName"])
        found.network = _network(body) or found.network
        found.description = body.get("InstanceDescription", found.description)
        return {}

    def DeleteInstance(self, call: Call) -> Answer:
        """One with tables is refused."""
        found = self._instance(call, _body(call)["InstanceName"])
        self._tables.drop_instance(found.name)
        return {}

    @property
    def _tables(self) -> Tables:
        return self.cloud.service(Tables)

    def _instance(self, call: Call, name: str) -> Instance:
        found = self._tables.instances.get(name)
        if found is None or found.region != call.region:
            raise ApiError(404, "OTSObjectNotExist", f"The instance {name} does not exist.")
        return found

    def _row(self, one: Instance) -> dict[str, Any]:
        return {
            "CreateTime": f"{one.created or self.cloud.clock():%Y-%m-%dT%H:%M:%SZ}",
            "InstanceDescription": one.description,
            "InstanceName": one.name,
            "InstanceSpecification": one.cluster,
            "InstanceStatus": "normal",
            "IsMultiAZ": False,
            "PaymentType": "PayAsYouGo",
            "RegionId": one.region,
            "StorageType": one.cluster,
            "UserId": self.cloud.account,
        }


def _body(call: Call) -> dict[str, Any]:
    body = object_in(call)
    if not isinstance(body.get("InstanceName"), str) or not body["InstanceName"]:
        raise ApiError(400, "MissingInstanceName", "InstanceName is mandatory for this action.")
    return body


def _network(body: Mapping[str, Any]) -> Network | None:
    word, kinds = body.get("Network"), body.get("NetworkTypeACL")
    if word is not None and word not in _NETWORKS:
        raise _invalid("Network")
    if kinds is not None:
        return "open" if "INTERNET" in kinds else "vpc"
    return None if word is None else "open" if word == "NORMAL" else "vpc"


def _invalid(name: str) -> ApiError:
    return ApiError(400, "OTSParameterInvalid", f"The specified parameter {name} is not valid.")
