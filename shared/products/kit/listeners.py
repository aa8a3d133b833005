"""Listeners with a default certificate and additional ones, changed by jobs: ALB and NLB.

All slots of a listener are looked at and changed together: the default first, then the additional ones,
which are added before the old ones go. None but the slots' own certificates are ever removed.
"""

import uuid
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any, ClassVar

from shared.cloud.reading import Fields
from shared.domain.jobs import HalfMade
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudError, CloudUnavailableError
from shared.products.kit.base import ProductAdapter, Step
from shared.products.kit.bound import (
    Bound,
    Stage,
    Written,
    beside,
    bound_in,
    in_one_call,
    left_behind,
    looks,
    named,
    placed,
    under_way,
)
from shared.products.kit.changes import Change, Look, Settings
from shared.products.kit.clusters import obstacle as cluster_obstacle
from shared.products.kit.found import Found
from shared.products.kit.in_work import InWork
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.regions import listed
from shared.products.kit.settings import EVERY, as_sent, picked

_BUSY = ("Configuring", "Provisioning")
_SETTLED = ("Running", "Stopped")  #: any other word, or none, is waited for
_MOST_LISTENERS = 20  #: in one call of `ListListeners`
_UPDATE = "UpdateListenerAttribute"
_ADD = "AssociateAdditionalCertificatesWithListener"


class ListenerAdapter(ProductAdapter):
    at_once = True
    protocols: ClassVar[tuple[str, ...]]  #: of the listeners that have certificates
    server_only: ClassVar[dict[str, str]]  #: asks for server certificates, not for clients' CAs
    remove_action: ClassVar[str]  #: the action that removes an additional certificate
    most_per_call: ClassVar[int]  #: additional certificates that a call adds or removes
    cluster_tags: ClassVar[tuple[str, ...]]  #: by which a Kubernetes cluster marks what it owns
    #: settings of a listener that go along with its default certificate, and are compared
    sent_again: ClassVar[frozenset[str]] = frozenset()
    gone = frozenset({"resourcenotfound.listener"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._lock = Lock()
        self._rows_by_region: dict[str, InWork[Fields]] = {}
        self._written: dict[str, Written] = {}  #: by listener, until it is shown

    def regions(self) -> list[str]:
        return listed(self._call("DescribeRegions", "cn-hangzhou"), "Regions")  # any region lists all

    def discover(self, region: str) -> Iterator[Found]:
        balancers: dict[str, Fields] = {}

        def remembered(row: Fields) -> Iterator[Found]:
            balancers[row.needed("LoadBalancerId")] = row
            yield from ()

        rows = self._token_rows("ListLoadBalancers", region, at=("LoadBalancers",))
        yield from self._each(rows, "LoadBalancerName", remembered)
        for protocol in self.protocols if balancers else ():
            slots = partial(self._slots, region, protocol, balancers)
            rows = self._token_rows("ListListeners", region, at=("Listeners",), ListenerProtocol=protocol)
            yield from self._each_once(rows, slots, "ListenerId")

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        region, listener_id = changes[0].resource.region, changes[0].resource.listener_id
        row, written = self._rows(region).of(listener_id) or Fields(), self._written.get(listener_id)
        state = row.text("ListenerStatus")
        if written and state in _BUSY:  # what is under way is known
            return [under_way(change) for change in changes]
        bound = self._bound(region, listener_id)
        settled, failed = state in _SETTLED, None
        if settled and written and written.job_id and not written.shown(bound):
            settled, failed = self._job(written.action, region, written.job_id)
        if settled:
            self._written.pop(listener_id, None)
        found = looks(changes, bound, self._settings(row), settled=settled)
        told = others(row, self.sent_again, ("ListenerStatus", "CertificateIds")) if row else None
        ours = written.slots if written else frozenset()
        return [
            look and replace(look, failed=failed if change.resource.slot in ours else None, others=told)
            for change, look in zip(changes, found, strict=True)
        ]

    def beside(self, look: Look) -> Sequence[CloudResource]:
        return beside(look.slot, look.held or ())

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        return in_one_call(steps, self.most_per_call)

    def _advance(self, steps: Sequence[Step]) -> None:
        change, look = steps[0]
        stage = Stage(look.stage)
        identifiers = list(dict.fromkeys(named(change, stage) for change, _ in steps))
        action = {Stage.DEFAULT: _UPDATE, Stage.ADD: _ADD}.get(stage, self.remove_action)
        slots = frozenset(change.resource.slot for change, _ in steps)
        again = look.settings or {} if stage is Stage.DEFAULT else {}
        try:
            job_id = self._changed_by(action, change.resource, identifiers, again)
        except CloudError as error:
            freed = stage is Stage.DEFAULT and HalfMade.FREED in change.half_made
            if freed and not isinstance(error, CloudUnavailableError):  # else it may be the default by now
                self._changed_by(_ADD, change.resource, identifiers, {})  # it alone serves its other names
            raise
        written = Written(action, job_id, stage, frozenset(identifiers), slots)
        self._written[change.resource.listener_id] = written

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """Of a default: the settings of additional ones are not compared."""
        own = change.resource.cert_identifier
        self._changed_by(_UPDATE, change.resource, [own], change.before or {})

    _take_back_unknown = _take_back  # by its id

    def left_behind(self, change: Change, look: Look | None) -> str:
        return left_behind(change, look)

    def _changed_by(self, action: str, slot: CloudResource, identifiers: list[str], again: Settings) -> str:
        """The id of the job that the call began; "" where it tells none. `again`: settings that go along."""
        try:
            answer = self._call(
                action,
                slot.region,
                ListenerId=slot.listener_id,
                ClientToken=str(uuid.uuid4()),
                **self._naming(action, identifiers),
                **as_sent(again),
            )
        finally:  # also if the answer was lost
            self._rows(slot.region).changed(slot.listener_id)
        return answer.text("JobId")

    @abstractmethod
    def _naming(self, action: str, identifiers: list[str]) -> dict[str, Any]:
        """The parameters by which a changing action takes certificates."""

    @abstractmethod
    def _job(self, action: str, region: str, job_id: str) -> tuple[bool, CloudError | None]:
        """Whether the job is at its end, and how it failed, if it did."""

    def _settings(self, row: Fields) -> Settings | None:
        """What an update of a listener's default certificate might cost; None where it costs nothing."""
        return picked(row, self.sent_again, EVERY) if self.sent_again else None

    def _rows(self, region: str) -> InWork[Fields]:
        """What the list tells of the listeners of a region that are in work."""

        def read(ids: list[str]) -> dict[str, Fields]:
            parts = (ids[start : start + _MOST_LISTENERS] for start in range(0, len(ids), _MOST_LISTENERS))
            at = ("Listeners",)
            return {
                row.text("ListenerId"): row
                for part in parts
                for row in self._token_rows("ListListeners", region, at=at, ListenerIds=part)
            }

        with self._lock:
            return self._rows_by_region.setdefault(region, InWork(read))

    def _bound(self, region: str, listener_id: str) -> list[Bound]:
        query: dict[str, Any] = {"ListenerId": listener_id, **self.server_only}
        return bound_in(self._token_rows("ListListenerCertificates", region, at=("Certificates",), **query))

    def _slots(
        self, region: str, protocol: str, balancers: Mapping[str, Fields], listener: Fields
    ) -> Iterator[CloudResource]:
        balancer = balancers.get(listener.needed("LoadBalancerId"))
        if balancer is None:  # made since, or it cannot be read
            return
        listener_id, port = listener.needed("ListenerId"), listener.needed_number("ListenerPort")
        tags = {tag.text("Key"): tag.text("Value") for tag in balancer.rows("Tags")}
        obstacle = cluster_obstacle(tags, self.cluster_tags, listener.text("ListenerDescription"))
        met = balancer.text("DNSName") if protocol != "QUIC" else ""  # which is met over UDP only
        slot = CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{listener_id}/default",
            instance_id=balancer.needed("LoadBalancerId"),
            instance_name=balancer.text("LoadBalancerName"),
            listener_id=listener_id,
            port=port,
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            endpoint=f"{met}:{port}" if met else "",
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
