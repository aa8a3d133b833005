"""CLB, the classic SLB (API 2014-05-15): HTTPS listeners, and their certificates by domain.

A listener's certificate is a copy in the store of its region (`slb_store`). It is not documented
whether a change of the certificate alone resets other settings: they are compared.
"""

from collections.abc import Iterator, Set
from typing import Any, ClassVar

from shared.cloud.api import Action
from shared.domain.names import normalize
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.products.kit.base import Answer, ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.listeners import no_certificate
from shared.products.kit.means import Means
from shared.products.slb import listener as slb_listener
from shared.products.slb import store as slb_store

_SEVERAL = "the listener carries several server certificates; deploy to it in a job of its own"


class Adapter(ProductAdapter):
    product = CloudProduct.SLB
    api = slb_store.API
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions"),
            Action("DescribeLoadBalancers"),
            Action("DescribeLoadBalancerListeners"),
            Action("DescribeLoadBalancerHTTPSListenerAttribute"),
            Action("SetLoadBalancerHTTPSListenerAttribute", writes=True),
            Action("SetDomainExtensionAttribute", writes=True),
            *slb_store.SlbStore.actions.values(),
        )
    }
    also_granted = slb_store.SlbStore.also_granted
    gone = frozenset({"invalidloadbalancerid.notfound", "listenernotfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._store = slb_store.SlbStore(means)

    def regions(self) -> list[str]:
        answer = self._call("DescribeRegions", "cn-hangzhou")  # any region lists all
        return [row["RegionId"] for row in answer["Regions"]["Region"]]

    def discover(self, region: str) -> Iterator[CloudResource]:
        balancers: dict[str, Answer] = {}
        for page in self._numbered_pages("DescribeLoadBalancers", region, RegionId=region):
            balancers.update({row["LoadBalancerId"]: row for row in page["LoadBalancers"]["LoadBalancer"]})
        if not balancers:
            return
        known = self._store.identifiers(region)
        query = {"RegionId": region, "ListenerProtocol": "https"}
        for page in self._token_pages("DescribeLoadBalancerListeners", region, **query):
            for row in page["Listeners"]:
                if balancer := balancers.get(row["LoadBalancerId"]):  # else: made since
                    yield from self._slots(region, balancer, int(row["ListenerPort"]), known)

    def _look(self, change: Change) -> Look | None:
        """The store may hold the wanted one under another CAS id of the very same certificate."""
        resource = change.resource
        listener = self._listener(resource)
        bound = slb_listener.bound(resource, listener)
        if bound is None:
            return None
        if bound and change.wanted and self._store.holds(resource.region, bound, change.wanted):
            identifier = change.wanted.identifier
        else:
            identifier = self._store.identifier(resource.region, bound) if bound else ""
        return Look(
            carrying(change, identifier),
            resource.evolve(cert_identifier=identifier, https=bool(bound)),
            settings=slb_listener.settings(resource, listener),
            held=listener,
        )

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "no first deployment is undone"
        self._set(change.resource, look.held, self._store.put(change.resource.region, change.wanted))

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        assert change.wanted is not None, "CAS has it"
        self._put_back(change, look, lost, self._store.put(change.resource.region, change.wanted))

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        resource = change.resource
        self._put_back(change, look, lost, self._store.id_of(resource.region, resource.cert_identifier))

    def _put_back(self, change: Change, look: Look, lost: Set[str], store_id: str) -> None:
        was = change.before or {}
        given = {name: was[name] for name in lost - slb_listener.NOT_SET if was.get(name) is not None}
        back = {name: value for name, value in given.items() if not isinstance(value, dict)}
        self._set(change.resource, look.held, store_id, **back)

    def _set(self, resource: CloudResource, listener: Answer, store_id: str, **settings: Any) -> None:
        """Put a certificate of the store on the slot. `settings` are the listener's."""
        region = {"RegionId": resource.region}
        bound = {"ServerCertificateId": store_id}
        own = {"LoadBalancerId": resource.instance_id, "ListenerPort": resource.port}
        action = "SetLoadBalancerHTTPSListenerAttribute"
        if resource.role is SlotRole.DEFAULT:
            self._call(action, resource.region, **region, **own, **bound, **settings)
            return
        extension = {"DomainExtensionId": slb_listener.extension(resource, listener)["DomainExtensionId"]}
        self._call("SetDomainExtensionAttribute", resource.region, **region, **extension, **bound)
        if settings:
            self._call(action, resource.region, **region, **own, **settings)

    def _listener(self, resource: CloudResource) -> Answer:
        own = {"LoadBalancerId": resource.instance_id, "ListenerPort": resource.port}
        action = "DescribeLoadBalancerHTTPSListenerAttribute"
        return self._call(action, resource.region, RegionId=resource.region, **own)

    def _slots(
        self, region: str, balancer: Answer, port: int, known: dict[str, str]
    ) -> Iterator[CloudResource]:
        balancer_id, address = balancer["LoadBalancerId"], balancer.get("Address")
        slot = CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{balancer_id}/{port}/default",
            instance_id=balancer_id,
            instance_name=balancer.get("LoadBalancerName") or "",
            listener_id=f"{balancer_id}/{port}",
            port=port,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            endpoint=f"{address}:{port}" if address else "",
            writer_id=balancer_id,
        )
        listener = self._listener(slot)
        extensions = slb_listener.extensions(listener)
        slot = slot.evolve(
            obstacle=slb_listener.obstacle(balancer, listener),
            batch_obstacle=_SEVERAL if extensions else "",
        )
        # An extension takes effect only where a forwarding rule names its domain.
        ruled = {rule.get("Domain") for rule in (listener.get("Rules") or {}).get("Rule") or ()}
        slots = [slot]
        for extension in extensions:
            domain = extension["Domain"]
            slots.append(
                slot.evolve(
                    resource_id=f"{slot.listener_id}/{domain}",
                    role=SlotRole.DOMAIN,
                    domains=(normalize(domain),),
                    domains_of_certificate=False,
                    endpoint=slot.endpoint if domain in ruled else "",
                )
            )
        for found in slots:
            bound = slb_listener.bound(found, listener)
            if bound:
                identifier = known.get(bound) or self._store.identifier(region, bound)
                yield found.evolve(cert_identifier=identifier)
            else:
                missing = found.obstacle or no_certificate(self.product.value)
                yield found.evolve(https=False, obstacle=missing)
