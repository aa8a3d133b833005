"""SLB 2014-05-15, the classic load balancer: its regional certificate stores, HTTPS listeners, extensions.

Changes are made at once. Codes are documented; where not, marked guessed.
Not emulated: backend servers, rules' changes, ACLs, CA certificates, tags, creating anything but
certificates.
"""

from __future__ import annotations

from typing import ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle
from emulator.estate import Estate
from emulator.sections.sae import Ingress, on_clb
from emulator.sections.slb import LoadBalancer as Row
from emulator.service import Account
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit.listener_model import PREFERS
from emulator.services.kit.paging import asked, fits, page
from emulator.services.slb import store
from emulator.services.slb.held import Held
from emulator.services.slb.model import FILTERS, Extension, Listener, LoadBalancer, build
from emulator.services.slb.store import ServerCertificate

MAX_PAGE = 100
MOST_IDS = 10  #: of load balancers, in one call
#: Parameters of SetLoadBalancerHTTPSListenerAttribute that set nothing of their own.
NO_SETTINGS = frozenset(
    [
        *("LoadBalancerId", "ListenerPort", "RegionId", "ServerCertificateId", "DryRun"),
        *("OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"),
    ]
)
NOT_EMULATED = frozenset({"CACertificateId"})


class Service(Held):
    api = "slb"
    version = "2014-05-15"
    ram = "slb"
    busy = ((400, "OperationFailed.TokenIsProcessing"), (400, "VServerGroupProcessing"))
    hosts = ("slb.aliyuncs.com", "slb.{region}.aliyuncs.com", "slb-vpc.{region}.aliyuncs.com")

    switches: ClassVar = {
        #: What becomes of the settings that a change of a listener does not name.
        "unnamed_settings": ("reset", "keep"),
        #: The code for a listener that there is not.
        "missing_listener": ("InvalidParameter", "ListenerNotFound"),
        #: Its page of formats asks for PKCS#1. Whether the upload refuses other keys is not known.
        "key_form": ("traditional", "any"),
        #: Whether certificates with EC keys are taken: its pages say both.
        "ec_keys": (True, False),
        #: Whose certificate is served for a domain that has one of its own, and that the listener's covers.
        "prefers": PREFERS,
    }

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []
        self._balancers: list[LoadBalancer] = []

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        rows = on_clb(estate.of(Row), estate.of(Ingress))
        self._balancers = build(rows, self.cloud.account)
        for region, name in _stored(rows):
            row = store.of_estate(estate, self.cloud.account, region, name, self.cloud.clock())
            self._certificates[row.id] = row

    def stored(self, region: str, certificate_id: str) -> ServerCertificate | None:
        """A certificate of the region's store; also for SAE, which takes its own from there."""
        row = self._certificates.get(certificate_id)
        return row if row is not None and row.region == region else None

    def overwrite(self, balancer_id: str, port: int, certificate_id: str) -> None:
        """A routing rule of SAE has its listener carry this certificate, whatever it carries."""
        for listener in self._all_listeners():
            if (listener.balancer.id, listener.port) == (balancer_id, port):
                listener.certificate = certificate_id

    def uses(self, identifier: str) -> bool:
        bound = {found for listener in self._all_listeners() for found in listener.bound}
        return any(
            f"{row.cas_id}-{store.CHINA}" == identifier
            for row in self._certificates.values()
            if row.id in bound
        )

    def slots(self) -> list[tuple[str, str]]:
        """Each public HTTPS listener without a server name, and each name that it knows."""
        found = []
        for listener in self._all_listeners():
            if listener.protocol == "https" and listener.balancer.address_type == "internet":
                held = self._certificates.get(listener.certificate)
                names = held.bundle.names if held else ()
                domains = [row.domain for row in listener.extensions]
                names = tuple(name.replace("*", "any", 1) for name in (*names, *domains))
                found += [(listener.address, name) for name in dict.fromkeys(["", *names])]
        return found

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        listener = next((row for row in self._all_listeners() if row.address == host), None)
        if listener is None or listener.balancer.address_type != "internet":
            return None
        balancer = listener.balancer
        if (listener.protocol, listener.status, balancer.status) != ("https", "running", "active"):
            return ()
        default, own = (self._certificates.get(listener.chosen(name)) for name in ("", server_name))
        preferred = self.behaviour["prefers"] == "default" and server_name
        held = default if default and preferred and default.bundle.covers(server_name) else own
        return (held.bundle,) if held else ()

    def cipher_policy(self, host: str) -> str:
        listener = next((row for row in self._all_listeners() if row.address == host), None)
        https = listener is not None and listener.protocol == "https"
        return str(listener.settings.get("TLSCipherPolicy", "")) if listener and https else ""

    def DescribeRegions(self, call: Call) -> Answer:
        rows = [
            {"RegionId": region, "LocalName": region, "RegionEndpoint": f"slb.{region}.aliyuncs.com"}
            for region in self._regions
        ]
        return {"Regions": {"Region": rows}}

    def DescribeLoadBalancers(self, call: Call) -> Answer:
        params = call.params
        number, size = params.get("PageNumber", 1), params.get("PageSize", 50)
        if number < 1 or not 1 <= size <= MAX_PAGE:
            raise ApiError(400, "InvalidParameter", f"PageNumber from 1, PageSize 1 to {MAX_PAGE}.")
        wanted = params["LoadBalancerId"].split(",") if "LoadBalancerId" in params else []
        if len(wanted) > MOST_IDS:
            raise ApiError(400, "InvalidParameter", f"LoadBalancerId: {MOST_IDS} at most.")  # [guess]
        rows = [
            row.item()
            for row in self._here(call)
            if row.id in (wanted or [row.id]) and params.get("LoadBalancerStatus", row.status) == row.status
        ]
        rows = [row for row in rows if fits(params, row, *FILTERS)]
        shown = rows[(number - 1) * size : number * size]
        return {
            "LoadBalancers": {"LoadBalancer": shown},
            "PageNumber": number,
            "PageSize": size,
            "TotalCount": len(rows),
        }

    def DescribeLoadBalancerAttribute(self, call: Call) -> Answer:
        return self._balancer(call).attribute()

    def DescribeLoadBalancerListeners(self, call: Call) -> Answer:
        """The protocol is compared as it is: `HTTPS` finds nothing."""
        params = call.params
        rows = [
            listener.item()
            for balancer in self._here(call)
            for listener in balancer.listeners
            if asked(params, "LoadBalancerId", balancer.id)
            and params.get("ListenerProtocol", listener.protocol) == listener.protocol
            and params.get("ListenerPort", listener.port) == listener.port
        ]
        return page(params, "Listeners", rows)

    def DescribeLoadBalancerHTTPSListenerAttribute(self, call: Call) -> Answer:
        return self._listener(call).attribute()

    def DescribeDomainExtensions(self, call: Call) -> Answer:
        rows = [row.words() for row in self._listener(call).extensions]
        wanted = call.params.get("DomainExtensionId")
        rows = [row for row in rows if wanted in (None, row["DomainExtensionId"])]
        return {"DomainExtensions": {"DomainExtension": rows}}

    def DescribeServerCertificates(self, call: Call) -> Answer:
        """All of the region, or the one that is named, where "" names none [guess]: there are no pages."""
        wanted, region = call.params.get("ServerCertificateId"), self._region(call)
        rows = [
            row.words()
            for row in self._certificates.values()
            if row.region == region and wanted in (None, "", row.id)
        ]
        return {"ServerCertificates": {"ServerCertificate": rows}}

    def UploadServerCertificate(self, call: Call) -> Answer:
        region = self._region(call)
        if sum(row.region == region for row in self._certificates.values()) >= store.QUOTA:
            raise ApiError(400, "QuotaExceeded.ServerCertificate", "The region's store is full.")  # [guess]
        new_id = store.store_id(self.cloud.account, region, call.request_id)
        cas = self.cloud.service(Cas)
        row = store.uploaded(call.params, region, new_id, cas, self.cloud.clock(), self.behaviour)
        self._certificates[row.id] = row
        return row.words()

    def DeleteServerCertificate(self, call: Call) -> Answer:
        row = self._server_certificate(call)
        if any(row.id in listener.bound for listener in self._all_listeners()):
            raise ApiError(400, "CertificateAndPrivateKeyIsRefered", "A listener has the certificate.")
        del self._certificates[row.id]
        return {}

    def SetLoadBalancerHTTPSListenerAttribute(self, call: Call) -> Answer:
        listener, params = self._listener(call), call.params
        if ignored := sorted(NOT_EMULATED & set(params)):
            raise ApiError(501, "NotEmulated", f"{', '.join(ignored)}: not emulated.")
        self._changeable(listener)
        if "ServerCertificateId" in params:
            listener.certificate = self._server_certificate(call, listener.balancer.region).id
        if params.get("DryRun"):
            raise ApiError(400, "DryRunOperation", "Validated; DryRun is set.")  # [guess]
        if (params.get("VServerGroup") == "on") != bool(params.get("VServerGroupId")):
            raise ApiError(
                400, "MissingParam.VServerGroupId", "VServerGroup and its id go together."
            )  # [guess]
        wanted = {name: value for name, value in params.items() if name not in NO_SETTINGS}
        listener.change(wanted, reset=self.behaviour["unnamed_settings"] == "reset")
        self.forget(listener.settings)
        return {}

    def SetDomainExtensionAttribute(self, call: Call) -> Answer:
        wanted = call.params["DomainExtensionId"]
        for balancer in self._here(call):
            for listener in balancer.listeners:
                for extension in listener.extensions:
                    if extension.id == wanted:
                        return self._extend(call, listener, extension)
        raise ApiError(400, "InvalidParameter.DomainExtensionId", f"{wanted} does not exist.")

    def _extend(self, call: Call, listener: Listener, extension: Extension) -> Answer:
        self._changeable(listener)
        extension.certificate = self._server_certificate(call, listener.balancer.region).id
        self.forget(listener.settings)
        return {}

    def _changeable(self, listener: Listener) -> None:
        if listener.protocol != "https":
            raise ApiError(404, "ListenerNotFound", "There is no HTTPS listener.")  # [guess]
        if listener.balancer.status != "active":
            raise ApiError(400, "OperationFailed.LoadBalancerStatusNotSupport", "Not active.")  # [guess]

    def _server_certificate(self, call: Call, region: str = "") -> ServerCertificate:
        """The one that is named, of `region` or of that of the call."""
        wanted = call.params.get("ServerCertificateId", "")
        row = self._certificates.get(wanted)
        if row is None or not (row.region == region if region else self._reaches(call, row.region)):
            raise ApiError(404, "ServerCertificateId.NotFound", f"{wanted} is not in this region's store.")
        return row

    def _region(self, call: Call) -> str:
        """The central endpoint serves many regions: the parameter decides, else its own [guess]."""
        return str(call.params.get("RegionId") or call.region or store.CHINA)

    def _reaches(self, call: Call, region: str) -> bool:
        """Whether something that is named by its id is found; ids are of one region only."""
        anywhere = not (call.params.get("RegionId") or call.region)
        return anywhere or region == self._region(call)

    def _here(self, call: Call) -> list[LoadBalancer]:
        region = self._region(call)
        return [row for row in self._kept_balancers() if row.region == region]

    def _all_listeners(self) -> list[Listener]:
        return [listener for row in self._kept_balancers() for listener in row.listeners]

    def _kept_balancers(self) -> list[LoadBalancer]:
        """With what clusters' controllers have written back by now."""
        now, settle_s = self.cloud.clock(), self.cloud.settle_s
        for listener in (listener for row in self._balancers for listener in row.listeners):
            if listener.owned and listener.owned.due(listener.certificate, now, settle_s):
                listener.certificate = listener.owned.wanted
        return self._balancers

    def _balancer(self, call: Call) -> LoadBalancer:
        wanted = call.params["LoadBalancerId"]
        found = next((row for row in self._kept_balancers() if row.id == wanted), None)
        if found is None or not self._reaches(call, found.region):
            raise ApiError(404, "InvalidLoadBalancerId.NotFound", f"{wanted} does not exist.")
        return found

    def _listener(self, call: Call) -> Listener:
        balancer, port = self._balancer(call), call.params["ListenerPort"]
        for listener in balancer.listeners:
            if listener.port == port and listener.protocol == "https":
                return listener
        if self.behaviour["missing_listener"] == "InvalidParameter":
            raise ApiError(400, "InvalidParameter", "The specified resource does not exist.")
        raise ApiError(404, "ListenerNotFound", f"{balancer.id} has no HTTPS listener {port}.")


def _stored(rows: list[Row]) -> list[tuple[str, str]]:
    """Region and name of every certificate that the estate has on a listener."""
    found: list[tuple[str, str]] = []
    for row in rows:
        for listener in row.listeners:
            names = (listener.certificate, *(e.certificate for e in listener.extensions))
            found += [(row.region, name) for name in names if name]
    return list(dict.fromkeys(found))
