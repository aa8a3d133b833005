"""GA (API 2019-11-20): the default and each domain's own certificate of HTTPS listeners.

One endpoint for the whole world. A change locks the accelerator, not only the listener. A domain's
certificate is exchanged in place. Whether `UpdateListener` resets what it is not told is not
documented: what is doubtful is sent again, and everything is compared before and after.
"""

import uuid
from collections.abc import Iterator, Set
from contextlib import contextmanager
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.products.ga.listener import NO_SETTINGS, SENT_AGAIN, SETTINGS, as_sent, domain_of, slots
from shared.products.kit.base import Answer, ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.means import Means
from shared.products.kit.polled import Listed

_REGION = {"RegionId": "cn-hangzhou"}  #: whatever the accelerated regions are


class Adapter(ProductAdapter):
    product = CloudProduct.GA
    api = Api("ga", "2019-11-20", "RPC", ram="ga", hosts="ga.cn-hangzhou.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("ListAccelerators"),
            Action("ListListeners"),
            Action("ListListenerCertificates"),
            Action("DescribeListener"),
            Action("UpdateListener", writes=True),
            Action("UpdateAdditionalCertificateWithListener", writes=True),
        )
    }
    page_size = 50
    gone = frozenset({"notexist.accelerator", "notexist.listener"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._states: Listed[str] = Listed(
            lambda: self._numbered_pages("ListAccelerators", **_REGION),
            lambda page: {row["AcceleratorId"]: row["State"] for row in page["Accelerators"]},
            lambda: self.page_size,
        )
        self._written: set[str] = set()  #: accelerators that were changed, until they are ready again

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("ListAccelerators", **_REGION):
            for accelerator in page["Accelerators"]:
                wanted = {"AcceleratorId": accelerator["AcceleratorId"], "Protocol": "https", **_REGION}
                for listeners in self._numbered_pages("ListListeners", **wanted):
                    for listener in listeners["Listeners"]:
                        bound = self._bound(accelerator["AcceleratorId"], listener["ListenerId"])
                        yield from slots(accelerator, listener, bound)

    def _look(self, change: Change) -> Look | None:
        resource = change.resource
        state = self._state(resource.instance_id)
        under_way = Look(Carries.BETWEEN, resource, settled=False)
        if state and state != "active" and resource.instance_id in self._written:
            return under_way
        self._written.discard(resource.instance_id)
        row = self._row(resource)
        if row is None:  # after the change that somebody else is making, it may be there
            return None if state == "active" else under_way
        settled, settings = state == row["State"] == "active", None
        if resource.role is SlotRole.DEFAULT:
            described = self._call("DescribeListener", ListenerId=resource.listener_id, **_REGION)
            settled = settled and described["State"] == "active"
            settings = {name: value for name, value in described.items() if name not in NO_SETTINGS}
        identifier = identifier_of(row["CertificateId"])
        now = resource.evolve(cert_identifier=identifier)
        return Look(carrying(change, identifier), now, settled, settings)

    def _write(self, change: Change, look: Look) -> None:
        resource, wanted = change.resource, change.wanted
        assert wanted is not None, "no first deployment is undone"
        if resource.role is SlotRole.DEFAULT:
            settings = look.settings or {}
            again = {name: settings.get(name) for name in SENT_AGAIN}
            self._update(resource, wanted.identifier, again)
            return
        with self._writing(resource.instance_id):
            self._call(
                "UpdateAdditionalCertificateWithListener",
                AcceleratorId=resource.instance_id,
                ListenerId=resource.listener_id,
                Domain=domain_of(resource),
                CertificateId=wanted.identifier,
                ClientToken=str(uuid.uuid4()),
                **_REGION,
            )

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        before = change.before or {}
        former = {name: before.get(name) for name in (*SENT_AGAIN, *(lost & SETTINGS))}
        self._update(change.resource, change.resource.cert_identifier, former)

    _take_back_unknown = _take_back  # by its id

    def _update(self, resource: CloudResource, identifier: str, settings: Answer) -> None:
        with self._writing(resource.instance_id):
            self._call(
                "UpdateListener",
                ListenerId=resource.listener_id,
                Certificates=[{"Id": identifier}],
                ClientToken=str(uuid.uuid4()),
                **{name: as_sent(value) for name, value in settings.items()},
                **_REGION,
            )

    @contextmanager
    def _writing(self, accelerator_id: str) -> Iterator[None]:
        """What was read of it before tells nothing any more, even if the answer is lost."""
        try:
            yield
        finally:
            self._states.changed(accelerator_id)
            self._written.add(accelerator_id)

    def _state(self, accelerator_id: str) -> str:
        """Empty of one that is not there."""
        state: str | None = self._states.of(accelerator_id)
        if state:
            return state
        query = {"AcceleratorId": accelerator_id, "PageSize": 1, **_REGION}
        states = [str(row["State"]) for row in self._call("ListAccelerators", **query)["Accelerators"]]
        return states[0] if states else ""

    def _row(self, resource: CloudResource) -> Answer | None:
        """The certificate of this slot, as the listener lists it."""
        default = resource.role is SlotRole.DEFAULT
        for row in self._bound(resource.instance_id, resource.listener_id):
            if row["IsDefault"] == default and (default or row["Domain"] == domain_of(resource)):
                return row
        return None

    def _bound(self, accelerator_id: str, listener_id: str) -> list[Answer]:
        where = {"AcceleratorId": accelerator_id, "ListenerId": listener_id, **_REGION}
        pages = self._token_pages("ListListenerCertificates", **where)
        return [row for page in pages for row in page["Certificates"]]
