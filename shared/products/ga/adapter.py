"""GA (API 2019-11-20): the default and each domain's own certificate of HTTPS listeners.

One endpoint for the whole world. A change locks the accelerator, not only the listener. A domain's
certificate is exchanged in place. Whether `UpdateListener` resets what it is not told is not
documented: what is doubtful is sent again, and everything is compared before and after.
"""

import uuid
from collections.abc import Iterator, Set
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.products.ga.listener import SENT_AGAIN, SETTINGS, as_sent, domain_of, slots
from shared.products.kit.base import Answer
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.unchanged import Unchanged

_REGION = {"RegionId": "cn-hangzhou"}  #: whatever the accelerated regions are


class Adapter(WholeExchange):
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

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("ListAccelerators", **_REGION):
            for accelerator in page["Accelerators"]:
                wanted = {"AcceleratorId": accelerator["AcceleratorId"], "Protocol": "https", **_REGION}
                for listeners in self._numbered_pages("ListListeners", **wanted):
                    for listener in listeners["Listeners"]:
                        bound = self._bound(accelerator["AcceleratorId"], listener["ListenerId"])
                        yield from slots(accelerator, listener, bound)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        row = self._row(resource)
        if row is None:
            return None
        return resource.evolve(cert_identifier=identifier_of(row["CertificateId"]))

    def settled(self, resource: CloudResource) -> bool:
        accelerator = {"AcceleratorId": resource.instance_id, "PageSize": 1, **_REGION}
        states = [row["State"] for row in self._call("ListAccelerators", **accelerator)["Accelerators"]]
        if states != ["active"] or self._settings(resource)["State"] != "active":
            return False
        row = self._row(resource)
        return row is None or row["State"] == "active"

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        busy = f"accelerator {resource.instance_id} is busy"
        self._waiter.until(lambda: self.settled(resource), busy)
        if resource.role is SlotRole.DEFAULT:
            self._exchange_default(resource, certificate)
            return
        self._call(
            "UpdateAdditionalCertificateWithListener",
            AcceleratorId=resource.instance_id,
            ListenerId=resource.listener_id,
            Domain=domain_of(resource),
            CertificateId=certificate.identifier,
            ClientToken=str(uuid.uuid4()),
            **_REGION,
        )

    def _exchange_default(self, resource: CloudResource, certificate: Certificate) -> None:
        before = self._settings(resource)
        again = {name: before.get(name) for name in SENT_AGAIN}

        def put_back(lost: Set[str]) -> None:
            former = {name: before.get(name) for name in lost & SETTINGS}
            self._update(resource, before["Certificates"][0]["Id"], again | former)

        with Unchanged(
            "UpdateListener",
            resource.slot,
            self._waiter,
            before,
            read=lambda: self._settings(resource),
            put_back=put_back,
            shown=lambda now: (
                certificate.identifier in [identifier_of(row["Id"]) for row in now["Certificates"]]
            ),
            settled=lambda: self.settled(resource),
            ignore=("Certificates", "RequestId", "State"),
        ):
            self._update(resource, certificate.identifier, again)

    def _update(self, resource: CloudResource, identifier: str, settings: Answer) -> None:
        self._call(
            "UpdateListener",
            ListenerId=resource.listener_id,
            Certificates=[{"Id": identifier}],
            ClientToken=str(uuid.uuid4()),
            **{name: as_sent(value) for name, value in settings.items()},
            **_REGION,
        )

    def _settings(self, resource: CloudResource) -> Answer:
        return self._call("DescribeListener", ListenerId=resource.listener_id, **_REGION)

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
