"""SAE 2019-05-06: namespaces and gateway routing rules (ingresses) on ALB, CLB and MSE.

A refusal is an envelope under HTTP 200, with `Success` false and an `ErrorCode` [guess: the worst
case]. A change is shown at once, and SAE has the listener of the load balancer behind (of the emulated
ALB or SLB) carry what the rule says: at its own pace, and whatever was changed there directly
[documented: may be overwritten]. `CertIds` replaces the whole list; the first is the listener's default
[guess]. Not emulated: applications, rules' changes, DescribeNamespaces (whose answer carries keys).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.estate import Estate, reaches
from emulator.sections.alb import LoadBalancer as AlbRow
from emulator.sections.sae import Ingress as IngressRow
from emulator.sections.slb import LoadBalancer as ClbRow
from emulator.service import Account, EmulatedService
from emulator.services.alb.alb import Service as Alb
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit.listener_model import resource_id
from emulator.services.slb.model import balancer_id
from emulator.services.slb.slb import Service as Slb
from emulator.services.slb.store import store_id

MAX_PAGE = 100  #: [guess]
SETTINGS: dict[str, Any] = {
    "Description": "",
    "EnableGzip": True,
    "EnableXForwardedFor": True,
    "EnableXForwardedForClientSrcPort": True,
    "EnableXForwardedForProto": False,
    "EnableXForwardedForSlbId": True,
    "EnableXForwardedForSlbPort": True,
    "IdleTimeout": 15,
    "RequestTimeout": 60,
    "SecurityPolicyId": "tls_cipher_policy_1_0",
}
NOT_EMULATED = frozenset(
    {"CorsConfig", "DefaultRule", "ListenerPort", "ListenerProtocol", "LoadBalanceType", "Rules"}
)


@dataclass
class Ingress:
    id: int
    name: str
    region: str
    namespace: str
    balancer: str
    balancer_id: str  #: of ALB or SLB; "": on mse
    network: str  #: "internet", "intranet"
    port: int
    protocol: str
    certificates: list[str]  #: CAS's identifiers (alb), or one id of SLB's store (clb)
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))

    def words(self) -> dict[str, Any]:
        """What ListIngresses and DescribeIngress have in common."""
        found: dict[str, Any] = {
            "Id": self.id,
            "Name": self.name,
            "Description": self.settings.get("Description"),
            "NamespaceId": self.namespace,
            "LoadBalanceType": self.balancer,
            "ListenerProtocol": self.protocol,
            "IdleTimeout": self.settings.get("IdleTimeout"),
            "RequestTimeout": self.settings.get("RequestTimeout"),
            "DefaultRule": {"AppId": "app-1", "AppName": "front", "ContainerPort": 8080},
            "Rules": [],
        }
        if self.balancer == "mse":
            return found
        name = "CertIds" if self.balancer == "alb" else "CertId"
        behind = {"SlbId": self.balancer_id, "SlbType": self.network}
        return found | behind | {name: ",".join(self.certificates)}

    def item(self) -> dict[str, Any]:
        """An item of ListIngresses: the port is text here."""
        mse = {"MseGatewayId": f"gw-{self.id:x}", "MseGatewayPort": str(self.port)}
        return self.words() | {"ListenerPort": str(self.port)} | (mse if self.balancer == "mse" else {})

    def description(self) -> dict[str, Any]:
        """DescribeIngress: the port is a number here."""
        other = {"CorsConfig": {"Enable": "false"}, "CreatedBySae": False}
        return {**self.words(), **self.settings, "ListenerPort": self.port, **other}


class Service(EmulatedService):
    api = "sae"
    version = "2019-05-06"
    style = "ROA"
    ram = "sae"
    hosts = ("sae.{region}.aliyuncs.com", "sae-vpc.{region}.aliyuncs.com")

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []
        self._ingresses: list[Ingress] = []

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        networks = {("alb", row.region, row.name): row.address_type.lower() for row in estate.of(AlbRow)}
        networks |= {("clb", row.region, row.name): row.address_type for row in estate.of(ClbRow)}
        for row in estate.of(IngressRow):
            names = row.certificates
            if row.balancer == "clb":
                bound = [store_id(self.cloud.account, row.region, name) for name in names]
            else:
                bound = [estate.identifier(name) for name in names]
            number = int(sha256(f"{row.region}/{row.name}".encode()).hexdigest()[:8], 16)
            space = f"{row.region}:{row.namespace}" if row.namespace else row.region
            place = row.region, row.balancer_name
            behind = {"alb": resource_id("alb", *place), "clb": balancer_id(*place)}.get(row.balancer, "")
            ingress = Ingress(
                number,
                row.name,
                row.region,
                space,
                row.balancer,
                behind,
                networks.get((row.balancer, *place), "internet"),
                row.port,
                row.protocol,
                bound,
            )
            self._ingresses.append(ingress)

    def uses(self, identifier: str) -> bool:
        return any(identifier in row.certificates for row in self._ingresses)

    def DescribeRegions(self, call: Call) -> Answer:
        rows = [
            {"RegionId": region, "LocalName": region, "RegionEndpoint": f"sae.{region}.aliyuncs.com"}
            for region in self._regions
        ]
        return {"Code": 200, "Message": "success", "Regions": {"Region": rows}}

    def DescribeNamespaceList(self, call: Call) -> Answer:
        """The default namespace bears the region's name [guess]; the others only if asked for."""
        own = {row.namespace for row in self._ingresses if row.region == call.region} - {call.region}
        names = [call.region, *sorted(own if call.params.get("ContainCustom") else ())]
        rows = [
            {
                "NamespaceId": name,
                "NamespaceName": name.partition(":")[2] or "default",
                "RegionId": call.region,
                "Custom": ":" in name,
                "Current": ":" not in name,
            }
            for name in names
        ]
        return _envelope(rows)

    def ListIngresses(self, call: Call) -> Answer:
        params = call.params
        number, size = params.get("CurrentPage", 1), params.get("PageSize", 10)
        if number < 1 or not 1 <= size <= MAX_PAGE:
            return _refused("InvalidParameter.WithMessage", "CurrentPage or PageSize is invalid.")
        rows = [
            row.item()
            for row in self._ingresses
            if (row.region, row.namespace) == (call.region, params["NamespaceId"])
        ]
        shown = rows[(number - 1) * size : number * size]
        data = {"IngressList": shown, "CurrentPage": number, "PageSize": size, "TotalSize": len(rows)}
        return _envelope(data)

    def DescribeIngress(self, call: Call) -> Answer:
        row = self._ingress(call)
        return _envelope(row.description()) if row else _not_found(call)

    def UpdateIngress(self, call: Call) -> Answer:
        params, row = call.params, self._ingress(call)
        if row is None:
            return _not_found(call)
        if ignored := sorted(NOT_EMULATED & set(params)):
            raise ApiError(501, "NotEmulated", f"{', '.join(ignored)}: not emulated.")
        name = {"alb": "CertIds", "clb": "CertId"}.get(row.balancer, "")
        if other := ({"CertId", "CertIds"} & set(params)) - {name}:
            return _refused("InvalidParameter.Obviously", f"{other.pop()} is not for {row.balancer}.")
        if name in params:
            wanted = [text for text in params[name].split(",") if text]
            if missing := [text for text in wanted if not self._known(row, text)] or not wanted:
                return _refused("InvalidParameter.WithMessage", f"{name}: {missing} is not found.")
            row.certificates = wanted
        given = {key: value for key, value in params.items() if key in SETTINGS or key.startswith("Enable")}
        self.forget(row.settings)  # by the code of Terraform, what a change leaves out stays
        row.settings = {**dict.fromkeys(SETTINGS), **row.settings, **given}
        self._set_listener(row)
        return _envelope({"IngressId": row.id})

    def _set_listener(self, row: Ingress) -> None:
        """Have the load balancer carry what the rule says."""
        if row.balancer == "alb" and row.certificates:
            self.cloud.service(Alb).overwrite(row.balancer_id, row.port, row.certificates)
        elif row.balancer == "clb" and row.certificates:
            self.cloud.service(Slb).overwrite(row.balancer_id, row.port, *row.certificates)

    def _known(self, row: Ingress, text: str) -> bool:
        if row.balancer == "clb":
            return self.cloud.service(Slb).stored(row.region, text) is not None
        found = self.cloud.service(Cas).find(text)
        return bool(found is not None and found.deployable and reaches(found.store, row.region))

    def _ingress(self, call: Call) -> Ingress | None:
        wanted = call.params["IngressId"]
        rows = (row for row in self._ingresses if (row.region, row.id) == (call.region, wanted))
        return next(rows, None)


def _envelope(data: Any) -> Answer:
    return {"Code": "200", "Success": True, "Message": "success", "TraceId": "0" * 30, "Data": data}


def _refused(code: str, message: str) -> Answer:
    return {"Code": "400", "Success": False, "ErrorCode": code, "Message": message, "TraceId": "0" * 30}


def _not_found(call: Call) -> Answer:
    return _refused("InvalidParameter.WithMessage", f"Ingress {call.params['IngressId']} is not found.")
