"""Listeners with a default certificate and additional ones, changed by jobs: ALB and NLB.

Additional certificates are exchanged by adding the new one before the old one goes; none but the
slot's own is ever removed.
"""

import uuid
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.products.kit.base import Answer
from shared.products.kit.legacy import WholeExchange

_BUSY = ("Configuring", "Provisioning")


class ListenerAdapter(WholeExchange):
    protocols: ClassVar[tuple[str, ...]]  #: of the listeners that have certificates
    server_only: ClassVar[dict[str, str]]  #: asks for server certificates, not for clients' CAs
    take_off: ClassVar[str]  #: the action that removes an additional certificate
    cluster_tags: ClassVar[tuple[str, ...]]  #: by which a Kubernetes cluster marks what it owns
    gone = frozenset({"resourcenotfound.listener"})

    def regions(self) -> list[str]:
        answer = self._call("DescribeRegions", "cn-hangzhou")  # any region lists all
        return [row["RegionId"] for row in answer["Regions"]]

    def discover(self, region: str) -> Iterator[CloudResource]:
        balancers: dict[str, Answer] = {}
        for page in self._token_pages("ListLoadBalancers", region):
            balancers.update({row["LoadBalancerId"]: row for row in page["LoadBalancers"]})
        for protocol in self.protocols if balancers else ():
            for page in self._token_pages("ListListeners", region, ListenerProtocol=protocol):
                for listener in page["Listeners"]:
                    if balancer := balancers.get(listener["LoadBalancerId"]):  # else: made since
                        yield from self._slots(region, balancer, listener)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        for bound in self._bound(resource.region, resource.listener_id):
            identifier = identifier_of(bound["CertificateId"])
            if resource.role is SlotRole.DEFAULT and bound["IsDefault"]:
                return resource.model_copy(update={"cert_identifier": identifier})
            if resource.role is SlotRole.ADDITIONAL and identifier == resource.cert_identifier:
                return None if bound["IsDefault"] else resource
        return None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        identifier = certificate.identifier
        if resource.role is SlotRole.DEFAULT:
            return super().successor(resource, certificate)
        bound = {
            identifier_of(row["CertificateId"]): row
            for row in self._bound(resource.region, resource.listener_id)
        }
        replaced = identifier in bound and (
            resource.cert_identifier == identifier or resource.cert_identifier not in bound
        )
        if not replaced or bound[identifier]["Status"] != "Associated":
            return None
        role = SlotRole.DEFAULT if bound[identifier]["IsDefault"] else SlotRole.ADDITIONAL
        return _with(resource, role, identifier)

    def settled(self, resource: CloudResource) -> bool:
        listener = {"ListenerId": resource.listener_id}
        answer = self._call("GetListenerAttribute", resource.region, **listener)
        return answer["ListenerStatus"] not in _BUSY

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        identifier = certificate.identifier
        self._waiter.until(lambda: self.settled(resource), f"{resource.listener_id} is busy")
        bound = {
            identifier_of(row["CertificateId"]): bool(row["IsDefault"])
            for row in self._bound(resource.region, resource.listener_id)
        }
        if resource.role is SlotRole.DEFAULT:
            if bound.get(identifier) is False:  # an additional one cannot be made the default
                self._change(self.take_off, resource, identifier)
            self._change("UpdateListenerAttribute", resource, identifier)
            return
        if identifier not in bound:
            self._change("AssociateAdditionalCertificatesWithListener", resource, identifier)
        self._waiter.until(lambda: self._associated(resource, identifier), f"{identifier} is bound")
        if resource.cert_identifier in bound and resource.cert_identifier != identifier:
            self._change(self.take_off, resource, resource.cert_identifier)

    @abstractmethod
    def _naming(self, action: str, identifier: str) -> dict[str, Any]:
        """The parameters by which a changing action takes one certificate."""

    @abstractmethod
    def _finished(self, action: str, region: str, job_id: str) -> bool:
        """Whether the job is done. Raises CloudRejectedError if it failed."""

    def _change(self, action: str, resource: CloudResource, identifier: str) -> None:
        """Make one change of the listener and see it through to its end."""
        answer = self._call(
            action,
            resource.region,
            ListenerId=resource.listener_id,
            ClientToken=str(uuid.uuid4()),
            **self._naming(action, identifier),
        )
        job_id = answer["JobId"]
        self._waiter.until(
            lambda: self._finished(action, resource.region, job_id),
            f"{action} of {resource.listener_id} is still under way (job {job_id})",
        )
        self._waiter.until(lambda: self.settled(resource), f"{resource.listener_id} is busy")

    def _associated(self, resource: CloudResource, identifier: str) -> bool:
        return any(
            identifier_of(row["CertificateId"]) == identifier and row["Status"] == "Associated"
            for row in self._bound(resource.region, resource.listener_id)
        )

    def _bound(self, region: str, listener_id: str) -> list[Answer]:
        query: dict[str, Any] = {"ListenerId": listener_id, **self.server_only}
        pages = self._token_pages("ListListenerCertificates", region, **query)
        return [row for page in pages for row in page["Certificates"] if row["Status"] != "Diassociating"]

    def _slots(self, region: str, balancer: Answer, listener: Answer) -> Iterator[CloudResource]:
        listener_id, port = listener["ListenerId"], listener["ListenerPort"]
        tags = {tag["Key"]: tag.get("Value", "") for tag in balancer.get("Tags") or ()}
        owner = next((tags[key] for key in self.cluster_tags if key in tags), None)
        obstacle = "" if owner is None else f"cluster {owner} manages it; deploy through the cluster"
        tcp = listener["ListenerProtocol"] != "QUIC"  # which is met over UDP only
        slot = CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{listener_id}/default",
            instance_id=balancer["LoadBalancerId"],
            instance_name=balancer.get("LoadBalancerName") or "",
            listener_id=listener_id,
            port=port,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            endpoint=f"{balancer['DNSName']}:{port}" if tcp and balancer.get("DNSName") else "",
            obstacle=obstacle,
        )
        bound = self._bound(region, listener_id)
        for row in bound:
            role = SlotRole.DEFAULT if row["IsDefault"] else SlotRole.ADDITIONAL
            yield _with(slot, role, identifier_of(row["CertificateId"]))
        if not any(row["IsDefault"] for row in bound):
            missing = no_certificate(self.product.value)
            yield slot.model_copy(update={"https": False, "obstacle": obstacle or missing})


def no_certificate(product: str) -> str:
    """What a listener lacks that only its owner may give it."""
    return f"the listener has no server certificate; set the first one in the {product} console"


def _with(slot: CloudResource, role: SlotRole, identifier: str) -> CloudResource:
    suffix = "default" if role is SlotRole.DEFAULT else f"additional/{identifier}"
    changes = {
        "role": role,
        "cert_identifier": identifier,
        "resource_id": f"{slot.listener_id}/{suffix}",
    }
    return slot.model_copy(update=changes)
