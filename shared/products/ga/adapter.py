"""GA (API 2019-11-20): the default and each domain's own certificate of HTTPS listeners.

One endpoint for the whole world. A change locks the accelerator, not only the listener. A domain's
certificate is exchanged in place. Whether `UpdateListener` resets what it is not told is not
documented: what is doubtful is sent again, and what can be set is compared before and after.
"""

import uuid
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.errors import CloudRejectedError
from shared.products.ga.listener import SENT_AGAIN, SETTINGS, domain_of, placed, row_of, slots, spelled
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.polled import Listed
from shared.products.kit.settings import EVERY, as_sent, picked

_ACCELERATORS = ("Accelerators",)  #: where their list has its rows
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
            Action("DescribeListener", of_looks=True),
            Action("UpdateListener", writes=True),
            Action("UpdateAdditionalCertificateWithListener", writes=True),
        )
    }
    page_size = 50
    gone = frozenset({"notexist.accelerator", "notexist.listener"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._states: Listed[str] = Listed(
            lambda: self._numbered_answers("ListAccelerators", at=_ACCELERATORS, **_REGION),
            _states,
            lambda: self.page_size,
        )
        self._written: set[str] = set()  #: accelerators that were changed, until they are ready again

    def discover(self, region: str) -> Iterator[Found]:
        rows = self._numbered_rows("ListAccelerators", at=_ACCELERATORS, **_REGION)
        yield from self._each_once(rows, self._on, "AcceleratorId")

    def _on(self, accelerator: Fields) -> Iterator[Found]:
        """The slots of an accelerator."""

        def found(listener: Fields) -> Iterator[CloudResource]:
            bound = self._bound(accelerator_id, listener.needed("ListenerId"))
            return slots(accelerator, listener, bound)

        accelerator_id = accelerator.needed("AcceleratorId")
        wanted = {"AcceleratorId": accelerator_id, "Protocol": "https", **_REGION}
        rows = self._numbered_rows("ListListeners", at=("Listeners",), **wanted)
        yield from self._each(rows, "ListenerId", found)

    def _look(self, change: Change) -> Look | None:
        resource = change.resource
        state = self._state(resource.instance_id)
        under_way = Look(Carries.BETWEEN, resource, settled=False)
        if state and state != "active" and resource.instance_id in self._written:
            return under_way
        self._written.discard(resource.instance_id)
        rows = self._bound(resource.instance_id, resource.listener_id)
        row = row_of(resource, rows)
        if row is None:  # after the change that somebody else is making, it may be there
            return None if state == "active" else under_way
        settled, settings, told = state == row.text("State") == "active", None, None
        if resource.role is SlotRole.DEFAULT:
            if (described := self._described(resource)) is None:
                return None
            settled = settled and described.text("State") == "active"
            settings = picked(described, SETTINGS, EVERY)
            told = others(described, SETTINGS, ("Certificates", "State"))
        identifier = identifier_of(row.needed("CertificateId"))
        now = resource.evolve(cert_identifier=identifier)
        return Look(carrying(change, identifier), now, settled, settings, others=told, held=rows)

    def beside(self, look: Look) -> Sequence[CloudResource]:
        return [one for one in placed(look.slot, look.held or ()) if one.slot != look.slot.slot]

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

    def _update(self, resource: CloudResource, identifier: str, settings: Settings) -> None:
        with self._writing(resource.instance_id):
            self._call(
                "UpdateListener",
                ListenerId=resource.listener_id,
                Certificates=[{"Id": identifier}],
                ClientToken=str(uuid.uuid4()),
                **as_sent(settings, spelled),
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
        answer = self._call("ListAccelerators", AcceleratorId=accelerator_id, PageSize=1, **_REGION)
        return _states(answer).get(accelerator_id, "")

    def _described(self, resource: CloudResource) -> Fields | None:
        """The listener; None if it is gone, which this action calls unknown."""
        try:
            return self._call("DescribeListener", ListenerId=resource.listener_id, **_REGION)
        except CloudRejectedError as error:
            if error.cloud_code != "UnknownError":
                raise
            return None

    def _bound(self, accelerator_id: str, listener_id: str) -> list[Fields]:
        where = {"AcceleratorId": accelerator_id, "ListenerId": listener_id, **_REGION}
        return list(self._token_rows("ListListenerCertificates", at=("Certificates",), **where))


def _states(page: Fields) -> dict[str, str]:
    return {row.text("AcceleratorId"): row.text("State") for row in page.rows(*_ACCELERATORS)}
