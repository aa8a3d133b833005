"""CLB, the classic SLB (API 2014-05-15): HTTPS listeners, and their certificates by domain.

A listener's certificate is a copy in the store of its region (`slb_store`). A change of the certificate
alone resets other settings: those that were read go along with it, and are compared.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import ClassVar

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.names import normalize
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.stored import StoredCertificate
from shared.errors import CloudBusyError, CloudRejectedError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, Settings, carrying
from shared.products.kit.found import Found
from shared.products.kit.listeners import no_certificate
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.regions import listed
from shared.products.slb import listener as slb_listener
from shared.products.slb import store as slb_store

_SEVERAL = "the listener carries several server certificates; deploy to it in a job of its own"


class Adapter(ProductAdapter):
    product = CloudProduct.SLB
    api = slb_store.API
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", of_discovery=True),
            Action("DescribeLoadBalancers", of_discovery=True),
            Action("DescribeLoadBalancerListeners", of_discovery=True),
            Action("DescribeLoadBalancerHTTPSListenerAttribute"),
            Action("SetLoadBalancerHTTPSListenerAttribute", writes=True),
            Action("SetDomainExtensionAttribute", writes=True),
            *slb_store.SlbStore.actions.values(),
        )
    }
    other_stores_granted = slb_store.SlbStore.other_stores_granted
    gone = frozenset({"invalidloadbalancerid.notfound", "listenernotfound"})
    has_store = True
    cleaning = slb_store.CLEANING
    in_use = frozenset({"certificateandprivatekeyisrefered"})
    not_stored = frozenset({"servercertificateid.notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._store = slb_store.SlbStore(means)

    def regions(self) -> list[str]:
        return listed(self._call("DescribeRegions", "cn-hangzhou"), "Regions", "Region")  # any lists all

    def discover(self, region: str) -> Iterator[Found]:
        balancers: dict[str, Fields] = {}

        def remembered(row: Fields) -> Iterator[Found]:
            balancers[row.needed("LoadBalancerId")] = row
            yield from ()

        at = ("LoadBalancers", "LoadBalancer")
        rows = self._numbered_rows("DescribeLoadBalancers", region, at=at, RegionId=region)
        yield from self._each(rows, "LoadBalancerName", remembered)
        if not balancers:
            return
        slots = partial(self._slots, region, balancers, self._store.identifiers(region))
        query = {"RegionId": region, "ListenerProtocol": "https"}
        rows = self._token_rows("DescribeLoadBalancerListeners", region, at=("Listeners",), **query)
        yield from self._each_once(rows, slots, "LoadBalancerId", "ListenerPort")

    def stored(self, region: str) -> Iterator[StoredCertificate]:
        return self._store.stored(region)

    def _drop(self, stored: StoredCertificate) -> str:
        self._store.delete(stored.region, stored.stored_id)
        return ""

    def _look(self, change: Change) -> Look | None:
        """The store may hold the wanted one under another CAS id of the very same certificate."""
        resource = change.resource
        try:
            listener = self._listener(resource)
        except CloudRejectedError as error:
            if not _says_gone(error):
                raise
            return None
        bound = slb_listener.bound(resource, listener)
        if bound is None:
            return None
        end: datetime | None
        if bound and change.wanted and self._store.holds(resource.region, bound, change.wanted):
            identifier, end = change.wanted.identifier, change.wanted.not_after
        else:
            identifier = self._store.identifier(resource.region, bound) if bound else ""
            end = self._store.end(resource.region, bound) if bound else None
        return Look(
            carrying(change, identifier),
            resource.evolve(cert_identifier=identifier, cert_not_after=end, https=bool(bound)),
            settings=slb_listener.settings(resource, listener),
            others=others(listener, slb_listener.SETTABLE, slb_listener.SHOWN),
            held=listener,
        )

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """By their domains. What CAS calls their certificates may have to be asked of the store."""
        slot = look.slot
        return [
            slot.evolve(
                resource_id=f"{slot.listener_id}/{own}",
                cert_identifier=self._store.identifier(slot.region, store_id),
            )
            for own, store_id in slb_listener.all_bound(look.held).items()
            if store_id and slot.resource_id != f"{slot.listener_id}/{own}"
        ]

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "no first deployment is undone"
        store_id = self._store.put(change.resource.region, change.wanted)
        try:
            if change.resource.role is SlotRole.DEFAULT:
                self._set(change.resource, store_id, look.settings or {})
            else:
                self._set_extension(change.resource, store_id, look.held)
        except CloudRejectedError as error:
            if error.cloud_code.lower() not in self.not_stored:
                raise
            self._store.forget(change.resource.region, change.wanted)
            gone = f"somebody has deleted {store_id} from the store since; another try puts it there again"
            raise CloudBusyError(error.action, error.cloud_code, gone, error.request_id) from None

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        assert change.wanted is not None, "CAS has it"
        self._put_back(change, look, lost, self._store.put(change.resource.region, change.wanted))

    def _take_back_unknown(self, change: Change, look: Look, lost: Set[str]) -> None:
        resource = change.resource
        self._put_back(change, look, lost, self._store.id_of(resource.region, resource.cert_identifier))

    def _put_back(self, change: Change, look: Look, lost: Set[str], store_id: str) -> None:
        """The listener's settings take a certificate along: an extension's listener keeps its own."""
        before = change.before or {}
        if change.resource.role is SlotRole.DEFAULT:
            self._set(change.resource, store_id, before)
            return
        self._set_extension(change.resource, store_id, look.held)
        if lost - slb_listener.APART:
            self._set(change.resource, look.held.text("ServerCertificateId") or None, before)

    def _set(self, resource: CloudResource, store_id: str | None, settings: Settings) -> None:
        """Put a certificate of the store, and settings, on the listener."""
        self._call(
            "SetLoadBalancerHTTPSListenerAttribute",
            resource.region,
            RegionId=resource.region,
            LoadBalancerId=resource.instance_id,
            ListenerPort=resource.port,
            ServerCertificateId=store_id,
            **slb_listener.sent_again(settings),
        )

    def _set_extension(self, resource: CloudResource, store_id: str, listener: Fields) -> None:
        self._call(
            "SetDomainExtensionAttribute",
            resource.region,
            RegionId=resource.region,
            DomainExtensionId=slb_listener.extension(resource, listener).needed("DomainExtensionId"),
            ServerCertificateId=store_id,
        )

    def _listener(self, resource: CloudResource) -> Fields:
        own = {"LoadBalancerId": resource.instance_id, "ListenerPort": resource.port}
        action = "DescribeLoadBalancerHTTPSListenerAttribute"
        return self._call(action, resource.region, RegionId=resource.region, **own)

    def _slots(
        self, region: str, balancers: Mapping[str, Fields], known: Mapping[str, str], row: Fields
    ) -> Iterator[CloudResource]:
        balancer_id, port = row.needed("LoadBalancerId"), row.needed_number("ListenerPort")
        balancer = balancers.get(balancer_id)
        if balancer is None:  # made since, or it cannot be read
            return
        address = balancer.text("Address")
        slot = CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{balancer_id}/{port}/default",
            instance_id=balancer_id,
            instance_name=balancer.text("LoadBalancerName"),
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
        ruled = {rule.text("Domain") for rule in slb_listener.rules(listener)}
        yield self._carrying(slot, listener, known)
        for domain in (extension.needed("Domain") for extension in extensions):
            found = slot.evolve(
                resource_id=f"{slot.listener_id}/{domain}",
                role=SlotRole.DOMAIN,
                domains=(normalize(domain),),
                domains_of_certificate=False,
                endpoint=slot.endpoint if domain in ruled else "",
            )
            yield self._carrying(found, listener, known)

    def _carrying(self, slot: CloudResource, listener: Fields, known: Mapping[str, str]) -> CloudResource:
        if bound := slb_listener.bound(slot, listener):
            return slot.evolve(
                cert_identifier=known.get(bound) or self._store.identifier(slot.region, bound),
                cert_not_after=self._store.end(slot.region, bound),
            )
        return slot.evolve(https=False, obstacle=slot.obstacle or no_certificate(self.product.value))


def _says_gone(error: CloudRejectedError) -> bool:
    """Of a description that is asked for by nothing but the listener's place."""
    return error.cloud_code == "InvalidParameter" or "The specified resource does not exist" in str(error)
