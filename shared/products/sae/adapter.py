"""SAE (API 2019-05-06): the certificates of gateway routing rules (ingresses) on ALB and on CLB.

On ALB a rule has a list of CAS certificates, which is replaced as a whole: here entry by entry, and
an entry is named by its certificate. On CLB it has one, of SLB's store. A rule on an MSE gateway has
its certificate there. Never call DescribeNamespaces: its answer carries access keys.
"""

from collections.abc import Iterator, Mapping, Set
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.errors import CloudUnavailableError
from shared.products.kit.base import Answer
from shared.products.kit.envelope import opened
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.listeners import no_certificate
from shared.products.kit.means import Means
from shared.products.kit.unchanged import Unchanged
from shared.products.sae.balancers import SaeBalancers, has_certificates
from shared.products.sae.entries import SETTABLE, beside, entry, exchanged, listed
from shared.products.slb.store import SlbStore

_INGRESS = "/pop/v1/sam/ingress/Ingress"


class Adapter(WholeExchange):
    product = CloudProduct.SAE
    api = Api("sae", "2019-05-06", "ROA", ram="sae", hosts="sae.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", method="GET", path="/pop/v1/paas/regionConfig"),
            Action("DescribeNamespaceList", method="GET", path="/pop/v1/sam/namespace/describeNamespaceList"),
            Action("ListIngresses", method="GET", path="/pop/v1/sam/ingress/IngressList"),
            Action("DescribeIngress", method="GET", path=_INGRESS),
            Action("UpdateIngress", method="PUT", path=_INGRESS, writes=True),
        )
    }
    rules_over = frozenset({CloudProduct.ALB, CloudProduct.SLB})
    # The code for a parameter that is wrong; of DescribeIngress, for a rule that is not there.
    gone = frozenset({"invalidparameter.withmessage"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._store = SlbStore(means)
        self._balancers = SaeBalancers(means.client)

    @classmethod
    def granted(cls, *, writes: bool) -> frozenset[str]:
        return super().granted(writes=writes) | SlbStore.granted(writes=writes) | SaeBalancers.granted

    def regions(self) -> list[str]:
        answer = self._call("DescribeRegions", "cn-hangzhou")  # any region lists all
        return [row["RegionId"] for row in answer["Regions"]["Region"]]

    def discover(self, region: str) -> Iterator[CloudResource]:
        spaces = self._call("DescribeNamespaceList", region, ContainCustom=True)["Data"]
        ingresses = [
            ingress
            for space in spaces
            if space.get("RegionId") in (None, "", region)
            for ingress in self._ingresses(region, space["NamespaceId"])
            if has_certificates(ingress)
        ]
        hosts = self._balancers.hosts(region, ingresses)
        on_clb = any(ingress.get("CertId") for ingress in ingresses)
        known = self._store.identifiers(region) if on_clb else {}
        for ingress in ingresses:
            host = hosts.get(ingress.get("SlbId") or "", "")
            yield from self._slots(region, ingress, host, known)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        ingress = self._ingress(resource)
        if resource.kind == "alb":
            bound = listed(ingress)
            if resource.cert_identifier not in bound:
                return None if resource.cert_identifier or bound else resource
            return entry(resource, bound, resource.cert_identifier)
        bound_id = ingress.get("CertId") or ""
        identifier = self._store.identifier(resource.region, bound_id) if bound_id else ""
        return resource.evolve(cert_identifier=identifier, https=bool(bound_id))

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        ingress, identifier = self._ingress(resource), certificate.identifier
        if resource.kind == "alb":
            bound = listed(ingress)
            replaced = resource.cert_identifier in (identifier, "") or resource.cert_identifier not in bound
            return entry(resource, bound, identifier) if identifier in bound and replaced else None
        bound_id = ingress.get("CertId")
        if not bound_id or not self._store.holds(resource.region, bound_id, certificate):
            return None
        return resource.evolve(cert_identifier=identifier, https=True)

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        before = self._ingress(resource)
        if resource.kind == "alb":
            name, new = "CertIds", exchanged(resource, before, certificate.identifier)
        else:
            name, new = "CertId", self._store.put(resource.region, certificate)
        if new == before.get(name):
            return

        def put_back(lost: Set[str]) -> None:
            former = {field: before[field] for field in SETTABLE if field in lost and field in before}
            self._update(resource, {name: before.get(name), **former})

        with Unchanged(
            "UpdateIngress",
            resource.slot,
            self._waiter,
            beside(resource, before, certificate.identifier),
            read=lambda: beside(resource, self._ingress(resource), certificate.identifier),
            put_back=put_back,
            shown=lambda now: bool(now.get(name) != before.get(name)),
            ignore=("CertId", "CertIds"),
        ):
            self._update(resource, {name: new})

    def _update(self, resource: CloudResource, fields: Mapping[str, Any]) -> None:
        self._call("UpdateIngress", resource.region, IngressId=resource.listener_id, **fields)

    def _ingress(self, resource: CloudResource) -> Answer:
        answer = self._call("DescribeIngress", resource.region, IngressId=resource.listener_id)
        described: Answer = answer["Data"]
        return described

    def _ingresses(self, region: str, namespace: str) -> Iterator[Answer]:
        """Every rule: counted, since the greatest page size is not documented."""
        number, seen, total = 0, 0, 1
        while seen < total:
            number += 1
            query = {"NamespaceId": namespace, "CurrentPage": number, "PageSize": self.page_size}
            page = self._call("ListIngresses", region, **query)["Data"]
            total, rows = int(page["TotalSize"]), page["IngressList"]
            if not rows and seen < total:
                raise CloudUnavailableError("ListIngresses", "ListChanged", f"{seen} of {total} are shown")
            seen += len(rows)
            yield from rows

    def _slots(
        self, region: str, ingress: Answer, host: str, known: Mapping[str, str]
    ) -> Iterator[CloudResource]:
        bound, bound_id, port = listed(ingress), ingress.get("CertId"), int(ingress["ListenerPort"])
        slot = CloudResource(
            product=self.product,
            kind=ingress["LoadBalanceType"].lower(),
            region=region,
            resource_id=str(ingress["Id"]),
            instance_id=ingress.get("SlbId") or "",
            instance_name=ingress.get("Name") or ingress.get("Description") or "",
            listener_id=str(ingress["Id"]),
            port=port,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            endpoint=f"{host}:{port}" if host else "",
        )
        if slot.kind == "alb" and bound:
            yield from (entry(slot, bound, identifier) for identifier in bound)
        elif slot.kind == "clb" and bound_id:
            identifier = known.get(bound_id) or self._store.identifier(region, bound_id)
            yield slot.evolve(cert_identifier=identifier)
        else:
            obstacle = no_certificate(self.product.value)
            yield slot.evolve(https=False, obstacle=obstacle)

    def _call_at(self, action: str, region: str, path: Mapping[str, str], /, **params: Any) -> Fields:
        answer = super()._call_at(action, region, path, **params)
        return answer if action == "DescribeRegions" else opened(action, answer)  # it has no envelope
