"""Listeners with a default certificate and additional ones, changed by jobs: ALB and NLB.

All slots of a listener are looked at and changed together: the default first, then the additional ones,
which are added before the old ones go. None but the slots' own certificates are ever removed.
"""

import uuid
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, ClassVar

from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudError
from shared.products.kit.base import Answer, ProductAdapter, Step
from shared.products.kit.bound import (
    Bound,
    Stage,
    Written,
    bound_in,
    in_one_call,
    looks,
    named,
    placed,
    under_way,
)
from shared.products.kit.changes import Change, Look
from shared.products.kit.in_work import InWork
from shared.products.kit.means import Means

_BUSY = ("Configuring", "Provisioning")
_MOST_LISTENERS = 20  #: in one call of `ListListeners`
_UPDATE = "UpdateListenerAttribute"
_ADD = "AssociateAdditionalCertificatesWithListener"


class ListenerAdapter(ProductAdapter):
    at_once = True
    protocols: ClassVar[tuple[str, ...]]  #: of the listeners that have certificates
    server_only: ClassVar[dict[str, str]]  #: asks for server certificates, not for clients' CAs
    take_off: ClassVar[str]  #: the action that removes an additional certificate
    most_per_call: ClassVar[int]  #: additional certificates that a call adds or removes
    cluster_tags: ClassVar[tuple[str, ...]]  #: by which a Kubernetes cluster marks what it owns
    gone = frozenset({"resourcenotfound.listener"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._lock = Lock()
        self._states_by_region: dict[str, InWork] = {}
        self._written: dict[str, Written] = {}  #: by listener, until it is shown

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

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        region, listener_id = changes[0].resource.region, changes[0].resource.listener_id
        state, written = self._states(region).state(listener_id), self._written.get(listener_id)
        if written and state in _BUSY:  # what is under way is known
            return [under_way(change) for change in changes]
        bound = self._bound(region, listener_id)
        settled, failed = state not in ("", *_BUSY), None  # "": the list does not have it
        if settled and written and not written.shown(bound):
            settled, failed = self._job(written.action, region, written.job_id)
        if settled:
            self._written.pop(listener_id, None)
        return [
            replace(look, failed=failed)
            if look and written and change.resource.slot in written.slots
            else look
            for change, look in zip(changes, looks(changes, bound, settled=settled), strict=True)
        ]

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        return in_one_call(steps, self.most_per_call)

    def _advance(self, steps: Sequence[Step]) -> None:
        stage, slot = Stage(steps[0][1].stage), steps[0][0].resource
        identifiers = list(dict.fromkeys(named(change, stage) for change, _ in steps))
        action = {Stage.DEFAULT: _UPDATE, Stage.ADD: _ADD}.get(stage, self.take_off)
        try:
            answer = self._call(
                action,
                slot.region,
                ListenerId=slot.listener_id,
                ClientToken=str(uuid.uuid4()),
                **self._naming(action, identifiers),
            )
        finally:  # also if the answer was lost
            self._states(slot.region).changed(slot.listener_id)
        if job_id := answer.get("JobId"):
            slots = frozenset(change.resource.slot for change, _ in steps)
            self._written[slot.listener_id] = Written(action, job_id, stage, frozenset(identifiers), slots)

    @abstractmethod
    def _naming(self, action: str, identifiers: list[str]) -> dict[str, Any]:
        """The parameters by which a changing action takes certificates."""

    @abstractmethod
    def _job(self, action: str, region: str, job_id: str) -> tuple[bool, CloudError | None]:
        """Whether the job is at its end, and how it failed, if it did."""

    def _states(self, region: str) -> InWork:
        """Of the listeners of a region that are in work."""

        def read(ids: list[str]) -> dict[str, str]:
            parts = (ids[start : start + _MOST_LISTENERS] for start in range(0, len(ids), _MOST_LISTENERS))
            pages = (
                page
                for part in parts
                for page in self._token_pages("ListListeners", region, ListenerIds=part)
            )
            return {row["ListenerId"]: row["ListenerStatus"] for page in pages for row in page["Listeners"]}

        with self._lock:
            return self._states_by_region.setdefault(region, InWork(read))

    def _bound(self, region: str, listener_id: str) -> list[Bound]:
        query: dict[str, Any] = {"ListenerId": listener_id, **self.server_only}
        pages = self._token_pages("ListListenerCertificates", region, **query)
        return bound_in(row for page in pages for row in page["Certificates"])

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
        yield from (placed(slot, one) for one in bound)
        if not any(one.default for one in bound):
            missing = no_certificate(self.product.value)
            yield slot.evolve(https=False, obstacle=obstacle or missing)


def no_certificate(product: str) -> str:
    """What a listener lacks that only its owner may give it."""
    return f"the listener has no server certificate; set the first one in the {product} console"
