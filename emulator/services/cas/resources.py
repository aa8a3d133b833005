"""The cloud resources that CAS knows: a cache of its own, which somebody has to have synchronised once.

Until "sync cloud resources" was pressed in the console, it is empty for the whole account, and no call fills
it (the switch `resources`); a change of a resource shows in it late ("late": as it was when it was first
listed). Other clouds are not emulated: nobody has given an access key of one.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from emulator.api import Answer, Call
from emulator.places import Place
from emulator.service import Account, EmulatedService
from emulator.services.cas.paging import page, part, refused
from emulator.services.cas.store import CasCertificate, ms

MOST = 500  #: rows of a page: a client that runs against the real cloud asks for so many
_CLOUDS = ("aliyun", "Tencent", "Huawei", "Aws")


class Resources(EmulatedService):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._first_seen: dict[
            int, str
        ] = {}  #: what was in place when a resource was first listed, by its id

    def find(self, identifier: str) -> CasCertificate | None:
        raise NotImplementedError

    def places(self) -> dict[int, Place]:
        """Every place of the account, by the id of its resource."""
        found = (place for service in self.cloud.services.values() for place in service.held())
        return {place.resource_id: place for place in found}

    def cached(self) -> dict[int, dict[str, Any]]:
        """The rows of the cache, by the ids of the resources."""
        if self.behaviour["resources"] == "never synced":
            return {}
        places = self.places()
        if not self._first_seen:
            self._first_seen = {number: place.in_place for number, place in places.items()}
        if self.behaviour["resources"] == "late":
            places = {number: place for number, place in places.items() if number in self._first_seen}
            return {number: self._row(place, self._first_seen[number]) for number, place in places.items()}
        return {number: self._row(place, place.in_place) for number, place in places.items()}

    def ListCloudResources(self, call: Call) -> Answer:
        params = call.params
        cloud = params.get("CloudName") or "aliyun"
        if cloud not in _CLOUDS:  # [guess]
            raise refused("InvalidParameter", f"CloudName is one of {', '.join(_CLOUDS)}.")
        keyword, wanted = params.get("Keyword", "").lower(), params.get("CertIds")
        rows = [
            row
            for row in (self.cached().values() if cloud == "aliyun" and not params.get("SecretId") else ())
            if params.get("CloudProduct") in (None, "", row["CloudProduct"])
            and keyword in f"{row['Domain']} {row.get('InstanceId', '')}".lower()
            and (not wanted or row.get("CertId") in wanted)
        ]
        return page(rows, params, 20, "Total") | {"Data": part(rows, params, 20, MOST)}

    def DescribeCloudResourceStatus(self, call: Call) -> Answer:
        """How many there are of each product."""
        rows = [] if call.params.get("SecretId") else list(self.cached().values())
        counted = Counter(row["CloudProduct"] for row in rows)
        return {
            "Data": [
                {"CloudName": "aliyun", "CloudProduct": product, "TotalCount": count}
                for product, count in counted.items()
            ]
        }

    def ListCloudAccess(self, call: Call) -> Answer:
        """No access keys of other clouds. The number and size of the page are told where they were sent."""
        if call.params.get("ShowSize", 10) not in (10, 20, 50):
            raise refused("InvalidParameter", "ShowSize is 10, 20 or 50.")
        if call.params.get("CloudName", "Tencent") not in _CLOUDS or call.params.get("CurrentPage", 1) < 1:
            raise refused("InvalidParameter", "CloudName or CurrentPage is invalid.")  # [guess]
        sent = {name: call.params[name] for name in ("CurrentPage", "ShowSize") if name in call.params}
        return {**sent, "TotalCount": 0, "CloudAccessList": []}

    def _row(self, place: Place, in_place: str) -> dict[str, Any]:
        """Times are texts of ms, the port is one, DefaultResource a number. No certificate: no CertId."""
        held = self.find(in_place) if in_place else None
        of_certificate = {
            "CertId": held.id,
            "CertName": held.name,
            "CertStartTime": str(ms(held.bundle.not_before)),
            "CertEndTime": str(ms(held.bundle.not_after)),
        } if held else {}  # fmt: skip
        of_listener = {
            "InstanceId": place.instance_id,
            "ListenerId": place.listener_id,
            "ListenerPort": str(place.port),
            "DefaultResource": int(place.default),
        } if place.listener_id else {}  # fmt: skip
        return {
            "Id": place.resource_id,
            "CloudName": "aliyun",
            "CloudProduct": place.product,
            "CloudRegion": place.region or "cn-hangzhou",
            "RegionId": place.region or "cn-hangzhou",
            "Domain": place.domain,
            "EnableHttps": int(bool(in_place)),
            "Status": "online",
            "UserId": int(self.cloud.account),
            "GmtCreate": "1740787200000",
            "GmtModified": "1740787200000",
            **of_certificate,
            **of_listener,
        }
